use crate::protocol::Subscribed;

use super::*;

fn keys(epoch: &str, offset: u64) -> Keys {
    let id = Some([epoch, &offset.to_string()].concat());
    Keys { id, offset: Some(offset), epoch: Some(epoch.into()), ..Keys::default() }
}

fn live(timeline: &mut Timeline<()>, epoch: &str, offset: u64, told: &mut Vec<Told<()>>) {
    timeline.live(Arrival { data: (), whole: None, keys: keys(epoch, offset), via: Via::Socket }, told);
}

fn page(timeline: &mut Timeline<()>, of: &[(&str, u64)], told: &mut Vec<Told<()>>) {
    let items = of.iter().map(|(epoch, offset)| Item { data: (), keys: keys(epoch, *offset) }).collect();
    let after = timeline.http_cursor();
    timeline.page(items, after.as_deref(), None, told);
}

fn join(timeline: &mut Timeline<()>, epoch: &str, offset: u64, told: &mut Vec<Told<()>>) {
    let answer = Subscribed { offset: Some(offset), epoch: Some(epoch.into()), ..Subscribed::default() };
    let epoch = answer.epoch.clone().map(Rc::new);
    timeline.joined(&answer, epoch, true, told);
}

/// At the fifth message of `e1`.
fn at_five() -> Timeline<()> {
    let mut timeline = Timeline::default();
    let mut told = Vec::new();
    join(&mut timeline, "e1", 4, &mut told);
    live(&mut timeline, "e1", 5, &mut told);
    timeline
}

/// What was told: ids, those from before the join in brackets.
fn ids(told: &[Told<()>]) -> Vec<String> {
    let id = |one: &Told<()>| match one {
        Told::New(arrival, _) => arrival.keys.id.clone(),
        Told::Late(arrival, _) => arrival.keys.id.as_ref().map(|id| format!("late {id}")),
        Told::History(arrival, _) => arrival.keys.id.as_ref().map(|id| format!("({id})")),
        Told::Gap => Some("gap".into()),
    };
    told.iter().filter_map(id).collect()
}

/// A conversation on a server that numbers nothing; what it was told since the last question is in `told`.
#[derive(Default)]
struct Plain {
    timeline: Timeline<()>,
    told: Vec<Told<()>>,
}

impl Plain {
    /// One that has read `first` when it was joined.
    fn joined(first: &[&str]) -> Self {
        let mut plain = Self::default();
        plain.timeline.joined_silently(true, &mut plain.told);
        plain.page(None, first);
        plain.timeline.caught_up(&mut plain.told);
        plain.told.clear();
        plain
    }

    /// A read is on its way from now on.
    fn ask(&mut self) {
        self.timeline.known.told_since_asked = None;
    }

    fn live(&mut self, id: &str) {
        let keys = Keys { id: Some(id.into()), ..Keys::default() };
        self.timeline.live(Arrival { data: (), whole: None, keys, via: Via::Socket }, &mut self.told);
    }

    fn page(&mut self, after: Option<&str>, ids: &[&str]) {
        let item = |id: &&str| Item { data: (), keys: Keys { id: Some((*id).into()), ..Keys::default() } };
        self.timeline.page(ids.iter().map(item).collect(), after, None, &mut self.told);
    }

    fn told(&mut self) -> Vec<String> {
        ids(&std::mem::take(&mut self.told))
    }
}

#[test]
fn a_page_tells_the_number_of_what_waited_for_it() {
    let (mut timeline, mut told) = (Timeline::default(), Vec::new());
    timeline.joined_silently(true, &mut told);
    live(&mut timeline, "e1", 1, &mut told);
    join(&mut timeline, "e1", 1, &mut told);
    page(&mut timeline, &[("e1", 1)], &mut told);
    assert_eq!(ids(&told), ["e11"]);
    assert_eq!(timeline.ask_from().map(|cursor| cursor.offset), Some(1));
}

#[test]
fn a_page_asked_under_an_older_numbering_goes_before_the_new_one() {
    let (mut timeline, mut told) = (at_five(), Vec::new());
    join(&mut timeline, "e2", 1, &mut told);
    live(&mut timeline, "e2", 2, &mut told);
    page(&mut timeline, &[("e1", 6)], &mut told);
    page(&mut timeline, &[("e2", 1)], &mut told);
    timeline.caught_up(&mut told);
    assert_eq!(ids(&told), ["e16", "e21", "e22"]);
}

#[test]
fn a_newer_numbering_forgets_how_far_the_older_one_was() {
    let (mut timeline, mut told) = (at_five(), Vec::new());
    join(&mut timeline, "e2", 13, &mut told);
    page(&mut timeline, &[("e3", 1)], &mut told);
    timeline.caught_up(&mut told);
    live(&mut timeline, "e3", 2, &mut told);
    assert_eq!(ids(&told), ["e31", "e32"]);
}

#[test]
fn pages_without_numbers_bring_all_up_to_where_the_server_stood() {
    let (mut timeline, mut told) = (at_five(), Vec::new());
    join(&mut timeline, "e1", 7, &mut told);
    live(&mut timeline, "e1", 8, &mut told);
    let plain = |id: &str| Item { data: (), keys: Keys { id: Some(id.into()), ..Keys::default() } };
    timeline.page(vec![plain("e16"), plain("e17")], Some("e15"), None, &mut told);
    timeline.caught_up(&mut told);
    assert_eq!(ids(&told), ["e16", "e17", "e18"]);
}

#[test]
fn pages_that_lack_a_number_leave_a_gap() {
    let (mut timeline, mut told) = (at_five(), Vec::new());
    join(&mut timeline, "e1", 7, &mut told);
    live(&mut timeline, "e1", 8, &mut told);
    page(&mut timeline, &[("e1", 6)], &mut told);
    timeline.caught_up(&mut told);
    assert_eq!(ids(&told), ["e16", "gap", "e18"]);
}

#[test]
fn a_number_that_a_page_lacks_is_missing() {
    let (mut timeline, mut told) = (at_five(), Vec::new());
    page(&mut timeline, &[("e1", 6), ("e1", 8)], &mut told);
    assert_eq!(ids(&told), ["e16", "gap", "e18"]);
}

#[test]
fn giving_up_tells_what_came_and_a_gap_wherever_something_did_not() {
    let (mut timeline, mut told) = (at_five(), Vec::new());
    join(&mut timeline, "e1", 7, &mut told);
    live(&mut timeline, "e1", 7, &mut told);
    live(&mut timeline, "e1", 8, &mut told);
    timeline.give_up_catching_up(&mut told);
    assert_eq!(ids(&told), ["gap", "e17", "e18"]);
}

#[test]
fn giving_up_on_what_waited_since_an_older_session_tells_no_gap_where_numbers_show_none() {
    let (mut timeline, mut told) = (at_five(), Vec::new());
    join(&mut timeline, "e1", 7, &mut told);
    live(&mut timeline, "e1", 6, &mut told);
    live(&mut timeline, "e1", 7, &mut told);
    timeline.session_ended();
    join(&mut timeline, "e1", 7, &mut told);
    timeline.give_up_catching_up(&mut told);
    assert_eq!(ids(&told), ["gap", "e16", "e17"]);
}

#[test]
fn giving_up_on_an_older_numbering_tells_a_gap_only_where_its_numbers_have_one() {
    let (mut timeline, mut told) = (at_five(), Vec::new());
    join(&mut timeline, "e1", 9, &mut told);
    for offset in [6, 7, 9] {
        live(&mut timeline, "e1", offset, &mut told);
    }
    join(&mut timeline, "e2", 2, &mut told);
    timeline.give_up_catching_up(&mut told);
    assert_eq!(ids(&told), ["gap", "e16", "e17", "gap", "e19", "gap"]);
}

#[test]
fn pages_that_end_before_a_newer_numbering_stood_at_the_join_leave_a_gap() {
    let (mut timeline, mut told) = (at_five(), Vec::new());
    join(&mut timeline, "e2", 3, &mut told);
    live(&mut timeline, "e2", 4, &mut told);
    page(&mut timeline, &[("e2", 1)], &mut told);
    timeline.caught_up(&mut told);
    assert_eq!(ids(&told), ["e21", "gap", "e24"]);
}

#[test]
fn what_waited_under_an_older_numbering_goes_before_the_latest_messages_unless_they_hold_it() {
    let (mut timeline, mut told) = (at_five(), Vec::new());
    join(&mut timeline, "e1", 8, &mut told);
    live(&mut timeline, "e1", 6, &mut told);
    live(&mut timeline, "e1", 8, &mut told);
    join(&mut timeline, "e2", 2, &mut told);
    timeline.lose_http_cursor(&mut told);
    let renumbered = Keys { id: Some("e18".into()), ..keys("e2", 1) };
    let items = [renumbered, keys("e2", 2)].map(|keys| Item { data: (), keys });
    timeline.page(items.to_vec(), timeline.http_cursor().as_deref(), None, &mut told);
    timeline.caught_up(&mut told);
    assert_eq!(ids(&told), ["gap", "e16", "gap", "e18", "e22"]);
}

#[test]
fn what_waited_is_told_in_its_place_though_the_pages_lack_it() {
    for has_cursor in [true, false] {
        let (mut timeline, mut told) = (at_five(), Vec::new());
        join(&mut timeline, "e2", 0, &mut told);
        live(&mut timeline, "e2", 1, &mut told);
        live(&mut timeline, "e2", 2, &mut told);
        let items = vec![Item { data: (), keys: keys("e2", 2) }];
        timeline.page(items, has_cursor.then_some("e15"), None, &mut told);
        timeline.caught_up(&mut told);
        assert_eq!(ids(&told).last_chunk(), Some(&["e21".into(), "e22".into()]), "{has_cursor}");
    }
}

#[test]
fn numbers_tell_what_is_new_among_the_latest_messages() {
    let (mut timeline, mut told) = (at_five(), Vec::new());
    let items = [4, 5, 6].map(|offset| Item { data: (), keys: keys("e1", offset) });
    timeline.page(items.to_vec(), None, None, &mut told);
    let items = [7, 8].map(|offset| Item { data: (), keys: keys("e1", offset) });
    timeline.page(items.to_vec(), None, None, &mut told);
    assert_eq!(ids(&told), ["(e14)", "(e15)", "e16", "e17", "e18"]);
}

#[test]
fn numbers_missing_in_what_was_there_before_are_no_gap() {
    let (mut timeline, mut told) = (Timeline::default(), Vec::new());
    let items = [1, 3].map(|offset| Item { data: (), keys: keys("e1", offset) });
    timeline.page(items.to_vec(), None, None, &mut told);
    assert_eq!(ids(&told), ["(e11)", "(e13)"]);
}

#[test]
fn what_was_said_between_two_sessions_that_waited_in_vain_is_missing() {
    let mut plain = Plain::joined(&["a"]);
    plain.timeline.joined_silently(true, &mut plain.told);
    plain.live("c");
    plain.timeline.joined_silently(true, &mut plain.told);
    plain.timeline.give_up_catching_up(&mut plain.told);
    plain.live("e");
    assert_eq!(plain.told(), ["gap", "c", "gap", "e"]);
}

#[test]
fn the_latest_messages_go_on_from_what_was_told_wherever_they_reach_it() {
    let mut plain = Plain::joined(&["a", "b"]);
    plain.live("c");
    plain.ask();
    plain.told.clear();
    plain.page(None, &["b", "c"]);
    assert_eq!(plain.told(), ["(b)", "(c)"]);
    plain.page(None, &["c", "d"]);
    assert_eq!(plain.told(), ["(c)", "d"]);
}

#[test]
fn the_latest_messages_follow_a_gap_where_they_do_not_reach_what_was_told() {
    let mut plain = Plain::joined(&["a", "b"]);
    plain.ask();
    plain.page(None, &[]);
    assert!(plain.told().is_empty(), "nothing is newer");
    plain.page(None, &["y", "z"]);
    assert_eq!(plain.told(), ["gap", "y", "z"]);
}

#[test]
fn the_first_page_was_there_before_all_that_was_told_while_it_was_on_its_way() {
    let mut plain = Plain::default();
    plain.ask();
    plain.live("c");
    plain.told.clear();
    plain.page(None, &["a", "b"]);
    assert!(matches!(&plain.told[1], Told::History(_, Between { before: Some(next), .. }) if **next == *"c"));
    assert_eq!(plain.told(), ["(a)", "(b)"]);
}

#[test]
fn what_a_later_page_brings_from_before_what_was_told_meanwhile_goes_before_it_and_is_late() {
    let mut plain = Plain::joined(&[]);
    plain.ask();
    plain.live("b");
    plain.told.clear();
    plain.page(None, &["a"]);
    assert!(matches!(&plain.told[..], [Told::Late(_, Between { before: Some(next), .. })] if **next == *"b"));
}

#[test]
fn a_page_after_what_was_told_is_new_although_the_first_page_never_came() {
    let mut plain = Plain::default();
    plain.live("a");
    plain.ask();
    plain.live("b");
    plain.told.clear();
    plain.page(Some("a"), &["b", "c"]);
    assert_eq!(plain.told(), ["c"]);
}

#[test]
fn a_page_is_new_from_what_was_told_last_on_and_late_before_it() {
    let mut plain = Plain::joined(&["a"]);
    plain.page(Some("a"), &["b"]);
    assert_eq!(plain.told(), ["b"], "nothing came after what it follows");
    plain.live("d");
    plain.told.clear();
    plain.page(Some("b"), &["c", "d", "e"]);
    assert_eq!(plain.told(), ["late c", "e"]);
    plain.live("g");
    plain.told.clear();
    plain.page(Some("e"), &["f"]);
    plain.page(Some("f"), &["g", "h"]);
    assert_eq!(plain.told(), ["late f", "h"], "what lagged behind has caught up");
}

#[test]
fn what_the_server_holds_no_more_makes_nothing_late() {
    let mut plain = Plain::joined(&["a"]);
    plain.live("b");
    plain.told.clear();
    plain.ask();
    plain.page(Some("a"), &[]);
    plain.page(Some("a"), &["c"]);
    assert_eq!(plain.told(), ["c"]);
}

#[test]
fn a_first_page_from_before_all_takes_back_nothing() {
    let mut plain = Plain::default();
    plain.ask();
    plain.live("a");
    plain.live("c");
    plain.told.clear();
    plain.page(None, &[]);
    plain.page(Some("a"), &["b"]);
    assert_eq!(plain.told(), ["late b"]);
}

#[test]
fn what_waited_since_an_older_session_is_told_with_a_gap_wherever_a_number_is_missing() {
    let (mut timeline, mut told) = (Timeline::default(), Vec::new());
    join(&mut timeline, "e1", 0, &mut told);
    live(&mut timeline, "e1", 4, &mut told);
    live(&mut timeline, "e1", 2, &mut told);
    timeline.session_ended();
    join(&mut timeline, "e1", 4, &mut told);
    timeline.page_asked();
    timeline.page(Vec::new(), None, None, &mut told);
    timeline.caught_up(&mut told);
    assert_eq!(ids(&told), ["gap", "e12", "gap", "e14", "gap"]);
}

#[test]
fn numbers_give_no_leave_where_none_are_known() {
    assert_eq!(Timeline::<()>::default().leave("msg_1"), super::super::express::Leave::One);
}

#[test]
fn what_waits_in_this_session_follows_the_latest_messages_that_lack_it() {
    let mut plain = Plain::joined(&["a"]);
    plain.timeline.joined_silently(true, &mut plain.told);
    plain.live("c");
    plain.timeline.page_asked();
    plain.page(None, &["a", "b"]);
    plain.timeline.caught_up(&mut plain.told);
    assert_eq!(plain.told(), ["(a)", "b", "c"]);
}

#[test]
fn a_join_that_is_repeated_waits_for_what_follows_all_that_was_told_before() {
    let mut plain = Plain::default();
    plain.timeline.joined_silently(true, &mut plain.told);
    plain.live("a");
    plain.timeline.give_up_catching_up(&mut plain.told);
    plain.timeline.session_ended();
    plain.timeline.joined_silently(true, &mut plain.told);
    plain.timeline.joins_again_at_once();
    join(&mut plain.timeline, "e1", 3, &mut plain.told);
    assert_eq!((plain.told(), plain.timeline.is_catching_up()), (vec!["a".into()], true));
}

#[test]
fn a_page_that_gives_what_is_known_new_numbers_ends_with_its_last() {
    let mut timeline = at_five();
    live(&mut timeline, "e1", 6, &mut Vec::new());
    let renumbered = [(5, 1), (6, 2)];
    let again =
        |(old, new)| Item { data: (), keys: Keys { offset: Some(new), epoch: Some("e2".into()), ..keys("e1", old) } };
    timeline.page(renumbered.map(again).to_vec(), None, None, &mut Vec::new());
    assert_eq!((timeline.position(), timeline.last_id().map(|id| &**id)), (Some(2), Some("e16")));
}

#[test]
fn what_came_under_a_newer_numbering_does_not_go_before_what_was_told_meanwhile_under_the_older_one() {
    let (mut timeline, mut told) = (at_five(), Vec::new());
    timeline.page(vec![Item { data: (), keys: keys("e2", 1) }], None, None, &mut told);
    assert_eq!(ids(&told), ["gap", "late e21"]);
    assert!(matches!(&told[1], Told::Late(_, Between { before: None, .. })));
}
