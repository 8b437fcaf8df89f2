//! A person's Wayland session without a screen: the real sway, PipeWire and portal, in a Debian of their own ([`crate::machines`]), since
//! a portal and a PipeWire that are installed here would change every other test. Needs root's rights.

use crate::machines::archive;
use crate::machines::image::{Image, Recipe};
use crate::machines::root::Root;
use crate::places;
use crate::servers::ServerError;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The session itself, and what the portal's part for wlroots is built with.
const PACKAGES: &[&str] = &[
    "sway",
    "foot",
    "fonts-dejavu-core",
    "pipewire",
    "wireplumber",
    "xdg-desktop-portal",
    "dbus",
    "dbus-bin",
    "procps",
    "build-essential",
    "dpkg-dev",
    "libpipewire-0.3-dev",
    "libwayland-dev",
    "wayland-protocols",
    "libinih-dev",
    "libsystemd-dev",
    "libgbm-dev",
    "libdrm-dev",
    "meson",
    "ninja-build",
    "pkg-config",
];

/// Version 0.7 of the portal's part for wlroots shares nothing where there is no graphics card (its issue 289): it wants a DMA-BUF of
/// whoever has none. So it is built from Debian's sources, which say *memory will do* in those two places.
const BUILD: &str = r#"
useradd --create-home person
cd /usr/src
apt-get -qq -o APT::Sandbox::User=root source xdg-desktop-portal-wlr
cd xdg-desktop-portal-wlr-*
sed -i 's/cast->ctx->state->screencast_version >= 3 &&/0 \&\&/' src/screencast/screencast.c
sed -i 's/if (!cast->avoid_dmabufs &&/& cast->screencopy_frame_info[DMABUF].format != DRM_FORMAT_INVALID \&\&/' src/screencast/pipewire_screencast.c
meson setup build -Dprefix=/usr -Dlibexecdir=libexec -Dsystemd=disabled -Dman-pages=disabled
ninja -C build install
rm -rf /usr/src/xdg-desktop-portal-wlr*
"#;

/// Starts the session in the folder of the run (`$0`), and runs the words that follow in it once the portal is there.
const START: &str = r#"
export XDG_RUNTIME_DIR=/tmp/runtime XDG_CURRENT_DESKTOP=sway XDG_SESSION_TYPE=wayland
mkdir -m 700 "$XDG_RUNTIME_DIR"
mkdir -p "$HOME/.config/xdg-desktop-portal-wlr"
cp "$0/portal.conf" "$HOME/.config/xdg-desktop-portal-wlr/config"
exec dbus-run-session -- sh -ec '
WLR_BACKENDS=headless WLR_RENDERER=pixman WLR_LIBINPUT_NO_DEVICES=1 sway -c "$0/sway.conf" >"$0/sway.log" 2>&1 &
first() { ls "$XDG_RUNTIME_DIR" | grep -E "$1" | head -1; }
until [ -n "$(first "^wayland-[0-9]+$")" ] && [ -n "$(first "^sway-ipc")" ]; do sleep 0.05; done
export WAYLAND_DISPLAY=$(first "^wayland-[0-9]+$") SWAYSOCK="$XDG_RUNTIME_DIR/$(first "^sway-ipc")"
pipewire >"$0/pipewire.log" 2>&1 &
until [ -n "$(first "^pipewire-0$")" ]; do sleep 0.05; done
wireplumber >"$0/wireplumber.log" 2>&1 &
/usr/libexec/xdg-desktop-portal-wlr -l DEBUG >"$0/portal-wlr.log" 2>&1 &
sleep 1
/usr/libexec/xdg-desktop-portal -v >"$0/portal.log" 2>&1 &
until dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner \
    string:org.freedesktop.portal.Desktop | grep -q true; do sleep 0.1; done
( while :; do while read -r line; do sh -c "$line"; done <"$0/orders"; done >"$0/orders.log" 2>&1 ) &
exec "$@"
' "$0" "$@"
"#;

/// Whom the portal asks: not a person, but a script that answers what is written in a file, and counts.
const CHOOSER: &str =
    "#!/bin/sh\ncd \"$(dirname \"$0\")\"\necho asked >>asked\nwhile [ -e think ]; do sleep 0.1; done\ncat answer\n";

/// The only screen.
const SCREEN: &str = "HEADLESS-1";

/// One session, which begins with the program that is run in it and ends with it.
pub struct Session {
    root: Root,
    folder: PathBuf,
}

/// Builds the system where that was not done yet: some minutes, and 1.6 GB in the folder of what is kept.
///
/// # Errors
/// This is no Debian, there are no root's rights, or a package is not to be had.
pub fn install() -> Result<Image, ServerError> {
    let mut packages: BTreeSet<String> = libraries(&places::binary())?;
    packages.extend(PACKAGES.iter().map(|name| (*name).to_owned()));
    let names: Vec<_> = packages.iter().map(String::as_str).collect();
    let mut recipe = Recipe::of_machine("wayland", &names)?;
    recipe.sources.extend(archive::all()?.iter().map(|archive| archive.line("deb-src")));
    recipe.finish = BUILD;
    Image::install(&recipe)
}

impl Session {
    /// A session with a screen of that size, which shows what the shell script `shows` writes, line by line, in a terminal. The portal
    /// answers *the screen* until [`Self::answers`]. `folder` is the folder of the run.
    ///
    /// # Errors
    /// The system is not built and cannot be.
    pub fn fresh(folder: &Path, width: u32, height: u32, shows: &str) -> Result<Self, ServerError> {
        let mut root = Root::fresh(&install()?, folder)?;
        let binary = places::binary();
        root.share(binary.parent().unwrap_or(&binary));
        let session = Self { root, folder: folder.to_owned() };
        let at = folder.display();
        let terminal = "foot -f 'DejaVu Sans Mono:size=12' -W 80x24";
        session.write(
            "sway.conf",
            &format!(
                "xwayland disable\ndefault_border none\noutput {SCREEN} resolution {width}x{height} position 0,0\n\
                 for_window [app_id=\"foot\"] floating enable, move position 40 40\n\
                 exec cd {at} && {terminal} sh {at}/shows.sh\n"
            ),
        )?;
        session.write(
            "portal.conf",
            &format!("[screencast]\nchooser_type=simple\nchooser_cmd={at}/chooser\nmax_fps=30\n"),
        )?;
        session.write("shows.sh", shows)?;
        session.write("chooser", CHOOSER)?;
        std::fs::set_permissions(folder.join("chooser"), std::fs::Permissions::from_mode(0o755))?;
        session.write("asked", "")?;
        std::fs::set_permissions(folder.join("asked"), std::fs::Permissions::from_mode(0o666))?;
        session.answers(true)?;
        let _ = std::fs::remove_file(folder.join("orders"));
        let made = Command::new("mkfifo").args(["-m", "666"]).arg(folder.join("orders")).status()?;
        if !made.success() {
            return Err(ServerError::Start { what: "mkfifo".to_owned(), words: String::new() });
        }
        Ok(session)
    }

    /// The words of a command that starts the session and runs the application in it, its own words to follow.
    pub fn program(&self) -> Vec<OsString> {
        let mut words = self.root.enter("person");
        words.extend(["sh".into(), "-ec".into(), START.into(), self.folder.clone().into(), places::binary().into()]);
        words
    }

    /// What the portal is answered from now on: the screen, or nothing at all.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn answers(&self, screen: bool) -> Result<(), ServerError> {
        self.write("answer", if screen { SCREEN } else { "" })
    }

    /// Whether whoever is asked thinks about it, without end.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn thinks(&self, about_it: bool) -> Result<(), ServerError> {
        if about_it {
            return self.write("think", "");
        }
        Ok(std::fs::remove_file(self.folder.join("think"))?)
    }

    /// How often somebody was asked.
    pub fn asked(&self) -> usize {
        std::fs::read_to_string(self.folder.join("asked")).map(|text| text.lines().count()).unwrap_or_default()
    }

    /// A line of shell, carried out within the session (`swaymsg` speaks with its compositor).
    ///
    /// # Errors
    /// Nobody listens.
    pub fn order(&self, line: &str) -> Result<(), ServerError> {
        let mut orders = std::fs::File::options().write(true).open(self.folder.join("orders"))?;
        Ok(writeln!(orders, "{line}")?)
    }

    /// Gives the screen another size.
    ///
    /// # Errors
    /// As [`Self::order`].
    pub fn resize(&self, width: u32, height: u32) -> Result<(), ServerError> {
        self.order(&format!("swaymsg output {SCREEN} resolution {width}x{height}"))
    }

    fn write(&self, name: &str, text: &str) -> Result<(), ServerError> {
        Ok(std::fs::write(self.folder.join(name), text)?)
    }
}

/// The packages whose libraries a program is linked with.
fn libraries(program: &Path) -> Result<BTreeSet<String>, ServerError> {
    let listing = Command::new("ldd").arg(program).output()?;
    let paths: BTreeSet<_> =
        linked(&String::from_utf8_lossy(&listing.stdout)).filter_map(|path| std::fs::canonicalize(path).ok()).collect();
    if paths.is_empty() {
        return Err(ServerError::NotInstalled { what: program.display().to_string() });
    }
    let owners = Command::new("dpkg").arg("-S").args(&paths).output()?;
    let owners = String::from_utf8_lossy(&owners.stdout).into_owned();
    Ok(owners.lines().filter_map(|line| Some(line.split([':', ',']).next()?.to_owned())).collect())
}

fn linked(listing: &str) -> impl Iterator<Item = &str> {
    listing.lines().filter_map(|line| line.split_once("=> ")?.1.split_whitespace().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_read_from_the_linkers_listing() {
        let listing = "\tlinux-vdso.so.1 (0x1)\n\tlibz.so.1 => /lib/libz.so.1 (0x2)\n\tlibgone.so => not found\n\t/lib64/ld.so (0x3)\n";
        assert_eq!(linked(listing).collect::<Vec<_>>(), ["/lib/libz.so.1", "not"]);
    }
}
