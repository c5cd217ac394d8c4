//! The shell in a real browser, against a real gateway (its address comes in `TALKWIRE_GATEWAY` when this is compiled).
#![cfg(target_arch = "wasm32")]
#![allow(missing_docs, reason = "tests are named as sentences")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

use js_sys::{Array, Function, JSON, Object, Promise, Reflect};
use talkwire::protocol::Value;
use talkwire::web::{Core, Host};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(module = "/tests/web/host.js")]
extern "C" {
    /// A host that writes down what it is told.
    #[wasm_bindgen(js_name = createHost)]
    fn create_host(gateway: &str) -> TestHost;

    type TestHost;
    #[wasm_bindgen(method, setter)]
    fn set_core(this: &TestHost, core: Core);
    #[wasm_bindgen(method, getter)]
    fn host(this: &TestHost) -> Host;
    /// Calls the core as `src/js` does.
    #[wasm_bindgen(method, variadic)]
    fn call(this: &TestHost, name: &str, arguments: Array) -> JsValue;
    /// Resolves to the first call, made or to be made, of this name that `is_it` takes.
    #[wasm_bindgen(method)]
    fn called(this: &TestHost, name: &str, is_it: &Function) -> Promise;
    #[wasm_bindgen(method, js_name = countOf)]
    fn count_of(this: &TestHost, name: &str) -> u32;
    #[wasm_bindgen(method, js_name = postByHttp)]
    fn post_by_http(this: &TestHost, conversation: &str, content: &str) -> Promise;
    #[wasm_bindgen(method, js_name = firstConversation)]
    fn first_conversation(this: &TestHost) -> Promise;
    #[wasm_bindgen(method, js_name = writeBehindItsBack)]
    fn write_behind_its_back(this: &TestHost, text: &str);
    #[wasm_bindgen(method, js_name = openSockets)]
    fn open_sockets(this: &TestHost) -> u32;
}

/// What `toConfig` gives for the least options with a way to read and one to post.
const NUMBERS: [f64; 34] = [
    1.,
    10_000.,
    500.,
    30_000.,
    2.,
    1.,
    5_000.,
    f64::INFINITY, // connecting
    1.,
    25_000.,
    10_000.,
    0.,
    250., // the session
    1.,
    0.,
    1.,
    5_000.,
    10_000.,
    6_000.,
    2.,
    120_000.,
    0., // polling
    256.,
    262_144.,
    60_000.,
    f64::INFINITY,
    0.,
    10_000.,
    0., // the outbox
    3_000.,
    7_000.,
    500.,
    0.,
    0.,
];

fn client() -> TestHost {
    let Some(gateway) = option_env!("TALKWIRE_GATEWAY") else {
        panic!("TALKWIRE_GATEWAY names no gateway: run these tests by `npm test -- wasm`");
    };
    let host = create_host(gateway);
    host.set_core(Core::new(host.host(), &Object::new(), &NUMBERS));
    host
}

async fn called(host: &TestHost, name: &str, is_it: &str) -> Array {
    let is_it = Function::new_with_args("...call", &format!("return ((...call) => {is_it})(...call)"));
    Array::from(&JsFuture::from(host.called(name, &is_it)).await.expect("the call comes"))
}

async fn joined(host: &TestHost) -> (String, u32) {
    let id = JsFuture::from(host.first_conversation()).await.expect("the gateway has a conversation");
    let id = id.as_string().expect("an id is text");
    let slot = host.call("open", Array::of1(&id.as_str().into()));
    host.call("view", Array::of1(&slot));
    host.call("hold", Array::of2(&slot, &1.into()));
    called(host, "status", "call[1] === 'live'").await;
    (id, slot.as_f64().expect("a slot is a number") as u32)
}

fn field(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).expect("it is an object")
}

#[wasm_bindgen_test]
async fn a_session_opens_and_tells_its_phases_in_order() {
    let host = client();
    host.call("connect", Array::new());
    called(&host, "connection", "call[0] === 'connecting' && call[1] === undefined").await;
    called(&host, "connection", "call[0] === 'open' && call[1] === 'socket'").await;
    assert_eq!(host.open_sockets(), 1);
    host.call("close", Array::new());
    called(&host, "ended", "true").await;
}

#[wasm_bindgen_test]
async fn what_is_sent_is_shown_at_once_acknowledged_and_told_once() {
    let host = client();
    let (_, slot) = joined(&host).await;
    let client_id = format!("web-{}", js_sys::Math::random());
    let send: [JsValue; 5] = [7.into(), slot.into(), client_id.as_str().into(), "from the shell".into(), 16.into()];
    host.call("sendMessage", send.into_iter().collect());
    called(&host, "place", &format!("call[4] === 'pending' && call[5] === '{client_id}' && call[6]")).await;
    let settled = called(&host, "settle", "call[0] === 7").await;
    assert_eq!(settled.get(1), "acked");
    assert_eq!(field(&settled.get(3), "content"), "from the shell");
    let told = called(&host, "event", &format!("call[2].clientId === '{client_id}'")).await;
    assert_eq!((told.get(0), told.get(4)), ("message".into(), "echo".into()));
    host.call("close", Array::new());
}

#[wasm_bindgen_test]
async fn what_http_posts_arrives_over_the_socket_and_the_history_before_it_is_only_shown() {
    let host = client();
    let (id, _) = joined(&host).await;
    called(&host, "place", "call[4] === 'received'").await;
    assert_eq!(host.count_of("event message"), 0);
    JsFuture::from(host.post_by_http(&id, "by post")).await.expect("the gateway takes it");
    let told = called(&host, "event", "call[2].content === 'by post'").await;
    assert_eq!(told.get(4), "socket");
    host.call("close", Array::new());
}

#[wasm_bindgen_test]
async fn bad_input_is_an_error_and_nothing_else_is_lost() {
    let host = client();
    let (id, _) = joined(&host).await;
    for bad in [
        r#"{"no":"type"}"#,
        "[]",
        "7",
        "null",
        r#"{"type":"batch"}"#,
        r#"{"type":"typing","conversationId":"__proto__"}"#,
    ] {
        host.call("receive", Array::of2(&1.into(), &JSON::parse(bad).expect("the test's JSON is good")));
    }
    host.call("receiveBad", Array::of3(&1.into(), &"not JSON".into(), &"x".into()));
    called(&host, "report", "call[0].code === 'bad-frame'").await;
    assert_eq!(host.count_of("report"), 7);
    JsFuture::from(host.post_by_http(&id, "after the noise")).await.expect("the gateway takes it");
    called(&host, "event", "call[2].content === 'after the noise'").await;
    assert_eq!(host.open_sockets(), 1);
    host.call("close", Array::new());
}

#[wasm_bindgen_test]
async fn a_dropped_socket_is_replaced_and_what_was_missed_comes_as_replay() {
    let host = client();
    let (id, _) = joined(&host).await;
    host.write_behind_its_back("close");
    called(&host, "connection", "call[0] === 'waiting' && call[3] > Date.now() - 1000").await;
    JsFuture::from(host.post_by_http(&id, "while you were away")).await.expect("the gateway takes it");
    let told = called(&host, "event", "call[2].content === 'while you were away'").await;
    assert_eq!(told.get(4), "replay");
    assert_eq!(host.open_sockets(), 1);
    host.call("close", Array::new());
}

#[wasm_bindgen_test]
async fn after_its_end_a_client_says_nothing_and_holds_no_socket() {
    let host = client();
    let (id, _) = joined(&host).await;
    host.call("close", Array::new());
    called(&host, "ended", "true").await;
    let events = host.count_of("event message");
    JsFuture::from(host.post_by_http(&id, "to nobody")).await.expect("the gateway takes it");
    host.call("connect", Array::new());
    assert_eq!(host.count_of("event message"), events);
    assert_eq!(host.open_sockets(), 0);
}

#[wasm_bindgen_test]
async fn a_dump_leaves_the_engine_as_lists_of_counters_and_transitions() {
    let host = client();
    let (_, _) = joined(&host).await;
    let [counters, transitions, wanted, confirmed, outbox] =
        host.call("dump", Array::new()).items().and_then(|dump| dump.try_into().ok()).expect("a dump has five parts");
    assert_eq!((&wanted, &confirmed, &outbox), (&1.into(), &1.into(), &0.into()));
    assert_eq!(Array::from(&counters).length(), 14);
    assert_eq!(Array::from(&counters).get(1), 1, "sessions");
    let last = Array::from(&Array::from(&transitions).at(-1));
    assert_eq!(last.slice(1, 4).json(), r#"["open","socket",null]"#);
    host.call("close", Array::new());
}

#[wasm_bindgen_test]
fn parsed_json_is_read_as_what_it_is() {
    let value = JSON::parse(
        r#"{"text":"a","id":17,"big":9007199254740993,"half":1.5,"yes":true,"list":["x",2,null],"none":null}"#,
    )
    .expect("the test's JSON is good");
    let child = |name: &str| value.child(name).expect("it is there");
    assert_eq!(child("text").text().as_deref(), Some("a"));
    assert_eq!(child("id").text().as_deref(), Some("17"));
    assert_eq!(child("id").count(), Some(17));
    assert_eq!(child("big").count(), None);
    assert_eq!(child("half").count(), None);
    assert_eq!(child("yes").flag(), Some(true));
    assert_eq!(child("list").texts(), Some(vec!["x".into(), "2".into()]));
    assert_eq!(child("none").text(), None);
    assert!(value.child("missing").is_none());
    assert!(JsValue::from("text").child("length").is_none());
}
