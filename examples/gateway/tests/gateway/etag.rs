use reqwest::Method;

use crate::server::{LEOS, Server};

#[tokio::test]
async fn spares_what_is_known() {
    let server = Server::start().await;
    let messages = format!("/api/conversations/{LEOS}/messages");
    for path in ["/api/conversations", &messages] {
        let first = server.request(Method::GET, path).send().await.unwrap();
        let tag = first.headers()["etag"].to_str().unwrap().to_owned();
        let again = || server.request(Method::GET, path).header("If-None-Match", &tag).send();
        let second = again().await.unwrap();
        assert_eq!(second.status(), 304);
        assert_eq!(second.headers()["etag"], tag.as_str());
        assert_eq!(second.text().await.unwrap(), "");

        server.post(LEOS, path, "news").await;
        let third = again().await.unwrap();
        assert_eq!(third.status(), 200);
        assert_ne!(third.headers()["etag"], tag.as_str());
    }
}
