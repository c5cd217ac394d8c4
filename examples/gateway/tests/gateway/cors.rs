use reqwest::Method;

use crate::server::Server;

#[tokio::test]
async fn lets_the_named_origins_in() {
    let server = Server::start_with(&["--cors-origin=https://a.example, https://b.example/"]).await;
    let allowed = async |origin: &str| {
        let request = server.request(Method::GET, "/api/conversations").header("Origin", origin);
        let response = request.send().await.unwrap();
        response.headers().get("access-control-allow-origin").cloned()
    };
    assert_eq!(allowed("https://a.example").await.unwrap(), "https://a.example");
    assert_eq!(allowed("https://b.example").await.unwrap(), "https://b.example");
    assert_eq!(allowed("https://c.example").await, None);
}

#[tokio::test]
async fn allows_and_exposes_what_polling_needs() {
    let server = Server::start().await;
    let preflight = server
        .request(Method::OPTIONS, "/api/conversations")
        .header("Origin", "https://a.example")
        .header("Access-Control-Request-Method", "GET")
        .header("Access-Control-Request-Headers", "authorization");
    let preflight = preflight.send().await.unwrap();
    assert!(preflight.status().is_success());
    let allowed = preflight.headers()["access-control-allow-headers"].to_str().unwrap().to_owned();
    for name in ["authorization", "if-none-match", "content-type"] {
        assert!(allowed.contains(name), "{allowed}");
    }
    let get = server.request(Method::GET, "/health").header("Origin", "https://a.example");
    let response = get.send().await.unwrap();
    let exposed = response.headers()["access-control-expose-headers"].to_str().unwrap().to_owned();
    assert!(exposed.contains("etag") && exposed.contains("retry-after"), "{exposed}");
}
