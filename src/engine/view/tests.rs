use super::*;

/// A view and the list that its edits make.
struct Page {
    view: View,
    shown: Vec<&'static str>,
}

impl Page {
    fn new(placed: &[(&'static str, Option<u64>)]) -> Self {
        let mut page = Self { view: View::new(10), shown: Vec::new() };
        placed.iter().for_each(|(id, offset)| page.place(id, *offset));
        page
    }

    fn place(&mut self, id: &'static str, offset: Option<u64>) {
        self.edit(|view, edits| view.place(id, &keys(id, offset), &Between::default(), edits));
    }

    /// A message of mine that was sent, and then stored under this id and number.
    fn store(&mut self, id: &'static str, offset: Option<u64>) {
        self.edit(|view, edits| view.draft(&Rc::from(id), "draft", edits));
        self.edit(|view, edits| view.store(id, &keys(id, offset), id, edits));
    }

    fn edit(&mut self, change: impl FnOnce(&mut View, &mut Vec<Edit<&'static str>>)) {
        let mut edits = Vec::new();
        change(&mut self.view, &mut edits);
        for edit in edits {
            match edit {
                Edit::Insert { index, message } => self.shown.insert(index, message.data),
                Edit::Replace { index, message } => self.shown[index] = message.data,
                Edit::Remove { index } => drop(self.shown.remove(index)),
                Edit::Trim { count } => {
                    assert!(count > 0, "an edit that changes nothing");
                    self.shown.drain(..count);
                }
                Edit::State { .. } | Edit::Status { .. } | Edit::Gap(_) | Edit::Typing(_) | Edit::Presence(_) => {}
            }
        }
    }
}

fn keys(id: &str, offset: Option<u64>) -> Keys {
    Keys { id: Some(id.into()), offset, ..Keys::default() }
}

#[test]
fn what_is_stored_stands_between_the_numbers_before_and_after_its_own() {
    for (offset, expected) in [(1, ["mine", "b", "d"]), (3, ["b", "mine", "d"]), (5, ["b", "d", "mine"])] {
        let mut page = Page::new(&[("b", Some(2)), ("d", Some(4))]);
        page.store("mine", Some(offset));
        assert_eq!(page.shown, expected);
    }
}

#[test]
fn of_two_that_were_answered_the_other_way_round_the_numbers_tell_the_order() {
    let mut page = Page::new(&[]);
    page.edit(|view, edits| view.draft(&Rc::from("second"), "draft", edits));
    page.store("first", Some(1));
    page.edit(|view, edits| view.store("second", &keys("second", Some(2)), "second", edits));
    assert_eq!(page.shown, ["first", "second"]);
}

#[test]
fn without_numbers_what_comes_next_stands_after_what_is_stored_and_before_what_is_not() {
    let mut page = Page::new(&[("first", None)]);
    page.store("stored", None);
    page.edit(|view, edits| view.draft(&Rc::from("waiting"), "waiting", edits));
    page.place("next", None);
    assert_eq!(page.shown, ["first", "stored", "next", "waiting"]);
}

#[test]
fn a_gap_stays_where_it_is_when_the_message_after_it_comes_again() {
    let mut page = Page::new(&[("before", None)]);
    page.view.cut_off();
    page.place("after", None);
    page.place("after", None);
    assert_eq!((page.view.gap(), page.shown), (Some(Gap::Before("after".into())), vec!["before", "after"]));
}

#[test]
fn a_gap_before_a_message_of_mine_is_before_its_place() {
    let mut page = Page::new(&[("before", None)]);
    page.view.cut_off();
    page.store("mine", None);
    page.place("mine", None);
    page.place("after", None);
    assert_eq!(page.view.gap(), Some(Gap::Before("mine".into())));
}

#[test]
fn a_message_does_not_stand_before_itself() {
    let page = Page::new(&[("a", None), ("b", None)]);
    assert!(page.view.is_before("a", Some("b")) && page.view.is_before("b", None));
    assert!(!page.view.is_before("b", Some("b")) && !page.view.is_before("b", Some("a")));
}
