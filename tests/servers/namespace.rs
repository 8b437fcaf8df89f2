//! A network of its own: a namespace with a loopback, in which packets can be forbidden without touching the machine.

use super::ServerError;
use std::ffi::OsStr;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A network namespace; deleted when its last user is gone. Needs root rights and Debian's `iproute2` and `nftables`.
#[derive(Clone, Debug)]
pub struct Namespace(Arc<Owned>);

#[derive(Debug)]
struct Owned(String);

impl Namespace {
    /// A new namespace whose loopback is up, with one more interface that leads nowhere: browsers use no loopback
    /// where there is nothing else.
    ///
    /// # Errors
    /// No right to make one, or no `ip` program.
    pub fn new() -> Result<Self, ServerError> {
        let name = format!("visavis-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        run(Command::new("ip").args(["netns", "add", &name]))?;
        let namespace = Self(Arc::new(Owned(name)));
        for step in [
            "link set lo up",
            "link add out type veth peer name nowhere",
            "addr add 10.77.0.1/24 dev out",
            "link set out up",
            "link set nowhere up",
            "route add default dev out",
        ] {
            run(Command::new("ip").args(["-n", namespace.name()]).args(step.split(' ')))?;
        }
        Ok(namespace)
    }

    /// Drops every UDP packet silently, as many company networks do.
    ///
    /// # Errors
    /// No `nft` program, or it refuses.
    pub fn drop_udp(&self) -> Result<(), ServerError> {
        self.forbid("output", "meta l4proto udp drop")
    }

    /// Loses this share of all UDP packets at random, in both directions, as a network does: where they arrive, so that no sender is
    /// told, and packet by packet, also of those that a sender gave to the kernel at once.
    ///
    /// # Errors
    /// As [`Self::drop_udp`].
    pub fn lose_udp(&self, per_mille: u16) -> Result<(), ServerError> {
        run(Command::new("ip").args(["-n", self.name(), "link", "set", "lo", "gso_max_segs", "1"]))?;
        self.forbid("input", &format!("meta l4proto udp numgen random mod 1000 < {per_mille} drop"))
    }

    fn forbid(&self, hook: &str, rule: &str) -> Result<(), ServerError> {
        for line in [
            "add table inet visavis",
            &format!("add chain inet visavis {hook} {{ type filter hook {hook} priority 0; policy accept; }}"),
            &format!("add rule inet visavis {hook} {rule}"),
        ] {
            run(self.command("nft").arg(line))?;
        }
        Ok(())
    }

    /// A command that will run `program` inside.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", self.name()]).arg(program);
        command
    }

    fn name(&self) -> &str {
        &self.0.0
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        // What is left of it goes with the machine.
        let _ = run(Command::new("ip").args(["netns", "delete", &self.0]));
    }
}

fn run(command: &mut Command) -> Result<(), ServerError> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(ServerError::Start { what: "the network namespace".to_owned(), words })
}
