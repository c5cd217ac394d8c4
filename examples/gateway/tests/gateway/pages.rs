use std::fs;

use reqwest::Method;
use reqwest::redirect::Policy;
use tempfile::TempDir;

use crate::server::Server;

#[tokio::test]
async fn are_served_as_they_lie_in_the_repository() {
    let root = TempDir::new().unwrap();
    for (file, content) in [
        ("examples/vanilla/index.html", "<!doctype html>"),
        ("src/js/index.js", "export {}"),
        ("pkg/talkwire_bg.wasm", "\0asm"),
        ("secret.txt", "secret"),
        ("src/lib.rs", "secret"),
    ] {
        let path = root.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let flag = format!("--talkwire-root={}", root.path().display());
    let server = Server::start_with(&[&flag]).await;

    for (path, kind) in [
        ("/examples/vanilla/", "text/html"),
        ("/src/js/index.js", "text/javascript"),
        ("/pkg/talkwire_bg.wasm", "application/wasm"),
    ] {
        let response = server.request(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.headers()["content-type"], kind);
        assert_eq!(response.headers()["cache-control"], "no-cache");
    }
    for path in ["/secret.txt", "/src/lib.rs", "/pkg/%2e%2e/secret.txt", "/pkg/..%2fsecret.txt"] {
        let response = server.request(Method::GET, path).send().await.unwrap();
        assert!(response.status().is_client_error(), "{path}");
    }
}

#[tokio::test]
async fn begin_at_the_root() {
    let server = Server::start().await;
    let http = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    let response = http.get(format!("http://{}/", server.address())).send().await.unwrap();
    assert!(response.status().is_redirection());
    assert_eq!(response.headers()["location"], "/examples/vanilla/");
}
