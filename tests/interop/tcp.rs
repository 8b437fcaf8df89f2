//! Networks without UDP: ICE over TCP (RFC 6544) has to carry the call.

use crate::ground::{self, Ground, ROOM, US};
use visavis_tests::peers::application;
use visavis_tests::servers::livekit::{Options, link};
use visavis_tests::servers::namespace::Namespace;

const SECONDS: u32 = 15;
/// The kernel's own pacing (BBR on some machines) delays packets on a stream, so the estimate climbs later than over UDP.
const TOP_LAYER_FPS: f64 = 4.0;

fn call(ground: &Ground, namespace: Option<Namespace>) {
    let mut options = ground.browser_options("web");
    (options.size, options.fps, options.namespace) = ((640, 360), 20, namespace.clone());
    let mut web = ground.browser("web", &options);
    let mut ours =
        application::Options::new(link(ground.server.port(), ROOM, &ground.server.token(ROOM, US)), US, SECONDS);
    ours.namespace = namespace;
    let ended = ground.call(&ours);
    let theirs = web.leave().expect("the browser's report");
    let report = ground::left(&ended);
    assert_eq!(report.transport.path.as_deref(), Some("tcp"));
    ground::we_received_well(report, "web", ground::sent_while_we_watched(&theirs, report));
    ground::peer_received_well_at(&theirs, report, TOP_LAYER_FPS);
}

#[test]
fn a_server_without_udp() {
    call(&Ground::with("tcp-server", Options { force_tcp: true, ..Options::default() }), None);
}

#[test]
fn a_network_that_drops_udp() {
    let namespace = Namespace::new().expect("a network namespace");
    namespace.drop_udp().expect("a rule against UDP");
    let options = Options { namespace: Some(namespace.clone()), ..Options::default() };
    call(&Ground::with("tcp-network", options), Some(namespace));
}
