//! A network of its own: a namespace with a loopback, in which packets can be forbidden without touching the machine.

use super::ServerError;
use std::ffi::OsStr;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
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
        let namespace = Self::bare()?;
        for step in [
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

    /// A new namespace whose loopback is up, and nothing else; its cables have no IPv6, so that the kernel says nothing of its own.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub(super) fn bare() -> Result<Self, ServerError> {
        let name = format!("visavis-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        run(Command::new("ip").args(["netns", "add", &name]))?;
        let namespace = Self(Arc::new(Owned(name)));
        namespace.run("link set lo", "up")?;
        Ok(namespace)
    }

    /// A cable to another one, with an interface and an address in a network of 256 at each end.
    pub(super) fn link(&self, to: &Self, ours: (&str, Ipv4Addr), theirs: (&str, Ipv4Addr)) -> Result<(), ServerError> {
        let between = ["type", "veth", "peer", "name", theirs.0, "netns", to.name()];
        run(Command::new("ip").args(["-n", self.name(), "link", "add", ours.0]).args(between))?;
        for (end, (interface, address)) in [(self, ours), (to, theirs)] {
            run(end.command("sysctl").args(["-eqw", &format!("net.ipv6.conf.{interface}.disable_ipv6=1")]))?;
            end.run(&format!("addr add {address}/24 dev"), interface)?;
            end.run(&format!("link set {interface}"), "up")?;
        }
        Ok(())
    }

    /// Passes packets on between its interfaces.
    pub(super) fn forward(&self) -> Result<(), ServerError> {
        run(self.command("sysctl").args(["-qw", "net.ipv4.ip_forward=1"]))
    }

    /// `ip` with these words, parted by spaces, and a last one.
    pub(super) fn run(&self, words: &str, last: &str) -> Result<(), ServerError> {
        run(Command::new("ip").args(["-n", self.name()]).args(words.split(' ')).arg(last))
    }

    /// A line of `nft`.
    pub(super) fn rule(&self, line: &str) -> Result<(), ServerError> {
        run(self.command("nft").arg(line))
    }

    /// A file that programs inside see in `/etc`.
    pub(super) fn write(&self, file: &str, text: &str) -> Result<(), ServerError> {
        let folder = self.0.files();
        std::fs::create_dir_all(&folder)?;
        Ok(std::fs::write(folder.join(file), text)?)
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
        command.args(self.words()).arg(program);
        command
    }

    /// The words of `ip` before a program that is to run inside.
    pub fn words(&self) -> [&str; 3] {
        ["netns", "exec", self.name()]
    }

    fn name(&self) -> &str {
        &self.0.0
    }
}

impl Owned {
    /// What `ip netns exec` lays over `/etc`.
    fn files(&self) -> PathBuf {
        Path::new("/etc/netns").join(&self.0)
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        // What is left of it goes with the machine.
        let _ = run(Command::new("ip").args(["netns", "delete", &self.0]));
        let _ = std::fs::remove_dir_all(self.files());
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
