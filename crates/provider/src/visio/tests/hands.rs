//! Hands of many at once.

use super::acting::guest;
use super::harness::Talk;
use super::hearing::update;
use crate::Action;
use crate::livekit::tests::harness::me;

#[test]
fn our_own_hand_is_lowered_with_all_others() {
    let mut talk = Talk::owner_inside(vec![guest()]);
    let mut raised = me();
    raised.version = 2;
    raised.attributes.insert("room_role".into(), "owner".into());
    raised.attributes.insert("handRaisedAt".into(), "2026-11-24T21:50:00.000000+00:00".into());
    talk.word(update(raised));
    talk.hush();
    talk.act(1, Action::LowerAllHands);
    talk.replay("update-participant-attributes-200");
    assert_eq!(talk.outcome(1), None, "our own is still up");
    talk.replay("toggle-hand-lower-200");
    assert_eq!(talk.outcome(1), Some(Ok(())));
    // A hand that is down is asked nothing.
    let mut alone = Talk::owner_inside(Vec::new());
    alone.act(1, Action::LowerAllHands);
    assert_eq!((alone.outcome(1), alone.asks("/toggle-hand/")), (Some(Ok(())), 0));
}
