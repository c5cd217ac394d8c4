use std::collections::BTreeMap;

use super::super::input::Holder;
use super::super::rng::Rng;
use super::super::view::View;
use super::*;

fn forget(conversations: &mut Conversations<()>) {
    if let Some(slot) = conversations.forget_oldest(|_| false) {
        conversations.reuse(slot);
    }
}

fn in_use(conversations: &Conversations<()>) -> Vec<Slot> {
    conversations.slots().filter(|slot| conversations.at(*slot).is_some()).collect()
}

#[test]
fn one_that_is_merely_wanted_is_small() {
    assert!(size_of::<Conversation<()>>() <= 64, "{}", size_of::<Conversation<()>>());
    let mut conversations = Conversations::<()>::default();
    let slot = conversations.open("c");
    if let Some(conversation) = conversations.at_mut(slot) {
        conversation.hold(Holder(1));
        conversation.hold(Holder(1));
        conversation.forgive();
        assert!(conversation.extra.changed().is_none());
    }
}

#[test]
fn it_is_held_until_the_last_of_several_has_left_in_whatever_order() {
    for order in [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]] {
        let mut conversations = Conversations::<()>::default();
        let slot = conversations.open("c");
        let conversation = conversations.at_mut(slot).unwrap();
        [1, 2, 1, 3, 2].into_iter().for_each(|holder| conversation.hold(Holder(holder)));
        for (left, holder) in order.into_iter().enumerate() {
            assert!(conversation.is_held(), "{left} of {order:?} have left");
            conversation.unhold(Holder(holder));
            conversation.unhold(Holder(4));
        }
        assert!(!conversation.is_held(), "{order:?}");
    }
}

#[test]
fn each_is_found_by_its_id_whatever_was_forgotten_before_it() {
    let mut conversations = Conversations::<()>::default();
    let mut newest = 0;
    for n in 0..MAX_RESTING * 3 {
        let slot = conversations.open(&n.to_string());
        assert_eq!((conversations.find(&n.to_string()), conversations.open(&n.to_string())), (Some(slot), slot));
        newest = n;
        forget(&mut conversations);
    }
    for n in 0..=newest {
        let is_kept = n + MAX_RESTING > newest;
        assert_eq!(conversations.find(&n.to_string()).is_some(), is_kept, "{n}");
    }
}

#[test]
fn what_is_forgotten_leaves_nothing_behind() {
    let mut conversations = Conversations::<()>::default();
    for n in 0..MAX_RESTING * 5 {
        conversations.open(&n.to_string());
        forget(&mut conversations);
    }
    assert_eq!((conversations.len, conversations.resting.len()), (MAX_RESTING, MAX_RESTING));
    assert!(in_use(&conversations).len() == MAX_RESTING && conversations.pages.len() <= MAX_RESTING / PER_PAGE + 1);
}
#[test]
fn those_that_are_shown_are_not_gone_through_again_and_again() {
    let mut conversations = Conversations::<()>::default();
    for n in 0..MAX_RESTING * 2 {
        let slot = conversations.open(&n.to_string());
        if let Some(conversation) = conversations.at_mut(slot) {
            conversation.view = Some(Box::new(View::new(1)));
        }
        assert_eq!(conversations.forget_oldest(|_| false), None);
        assert!(conversations.resting.len() <= MAX_RESTING);
    }
    assert_eq!(in_use(&conversations).len(), MAX_RESTING * 2);
}

#[test]
fn ids_are_spread_over_all_rows() {
    let mut conversations = Conversations::<()>::default();
    (0..10_000).for_each(|n| assert_eq!(conversations.open(&format!("conv_{n}")), Slot(n)));
    let mut counts = vec![0; conversations.rows.len()];
    (0..10_000).for_each(|n| counts[conversations.row_of(&format!("conv_{n}"))] += 1);
    assert!(counts.iter().all(|count| *count < 10), "{:?}", counts.iter().max());
}

#[test]
fn whatever_is_opened_left_and_forgotten_each_is_where_a_map_has_it_and_none_where_another_is() {
    for seed in 0..3 {
        let mut rng = Rng::new(seed);
        let (mut conversations, mut map) = (Conversations::<()>::default(), BTreeMap::new());
        let mut told_later = Vec::new();
        for _ in 0..6_000 {
            let id = format!("conv_{}", rng.up_to(2_000));
            assert_eq!(conversations.find(&id), map.get(&id).copied());
            let slot = conversations.open(&id);
            assert_eq!(*map.entry(id).or_insert(slot), slot);
            let conversation = conversations.at_mut(slot).unwrap();
            if rng.up_to(3) == 0 {
                conversation.hold(Holder(1));
            } else {
                conversation.unhold(Holder(1));
                conversations.rest(slot);
            }
            while let Some(forgotten) = conversations.forget_oldest(|slot| slot.0 % 7 == 0) {
                map.retain(|_, slot| *slot != forgotten);
                told_later.push(forgotten);
            }
            if rng.up_to(9) == 0 {
                told_later.drain(..).for_each(|slot| conversations.reuse(slot));
            }
        }
        let mut slots: Vec<Slot> = map.values().copied().collect();
        slots.sort_unstable();
        assert_eq!(in_use(&conversations), slots);
        assert!(map.iter().all(|(id, slot)| conversations.name(*slot) == Some(id)));
        let slots = conversations.len + conversations.free.len();
        assert_eq!(conversations.pages.len(), slots.div_ceil(PER_PAGE));
    }
}
