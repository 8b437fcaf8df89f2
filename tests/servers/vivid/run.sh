#!/bin/sh
# Runs one command beside a real V4L2 camera (the kernel's `vivid` test driver) in a small virtual machine, without
# hardware help: Debian's kernel, the host's files read-only. Ends with the command's exit code; 125: could not run it.
#
#   run.sh COMMAND...            any command, by absolute path
#   run.sh                       builds and runs the camera example of crates/video
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
cache=${VISAVIS_CACHE:-$HOME/.cache/visavis}/vivid
patience=${VISAVIS_VM_SECONDS:-240}

fail() {
    echo "camera test: $*" >&2
    exit 125
}

missing=""
for need in qemu-system-x86_64:qemu-system-x86 busybox:busybox-static cpio:cpio dpkg-deb:dpkg apt-get:apt; do
    command -v "${need%%:*}" > /dev/null || missing="$missing ${need##*:}"
done
[ -z "$missing" ] || fail "apt-get install --no-install-recommends seabios qemu-system-data$missing"

kernel=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9][^ ]*\)$/\1/p' | head -n 1)
[ -n "$kernel" ] || fail "apt knows no linux-image-amd64: apt-get update"
files=$cache/$kernel
if [ ! -f "$files/complete" ]; then
    rm -rf "$files"
    mkdir -p "$files"
    echo "camera test: downloading $kernel (70 MB, once)" >&2
    # As root, apt wants to download as another user, who cannot write here.
    (cd "$files" && apt-get -o APT::Sandbox::User="$(id -un)" download "$kernel" > /dev/null) || fail "no $kernel to download"
    dpkg-deb -x "$files"/*.deb "$files/root"
    rm -f "$files"/*.deb
    touch "$files/complete"
fi
release=${kernel#linux-image-}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/root/bin" "$work/root/modules" "$work/root/dev" "$work/root/proc" "$work/root/sys" "$work/root/mnt"
cp "$(command -v busybox)" "$work/root/bin/busybox"
cp "$here/init" "$work/root/init"
chmod 755 "$work/root/init"
while read -r module; do
    [ -f "$files/root/lib/modules/$release/$module" ] || continue
    cp "$files/root/lib/modules/$release/$module" "$work/root/modules/"
    basename "$module"
done < "$here/modules" > "$work/root/modules/order"
(cd "$work/root" && find . | cpio -o -H newc --quiet > "$work/initramfs")

if [ $# -eq 0 ]; then
    target=${CARGO_TARGET_DIR:-$here/../../../target}
    (cd "$here/../../.." && cargo build -q -p visavis-video --example camera) || fail "the example does not build"
    # The driver gives 720p at 10 pictures a second at most, and the machine is emulated.
    set -- "$(CDPATH='' cd -- "$target" && pwd)/debug/examples/camera" --size 640x360 --seconds 5 --least 20
fi
[ -x "$1" ] || fail "$1 is no program"

timeout "$patience" qemu-system-x86_64 -accel tcg -smp 2 -m 1024 -nographic -no-reboot -nic none \
    -kernel "$files/root/boot/vmlinuz-$release" -initrd "$work/initramfs" \
    -append "console=ttyS0 quiet panic=-1 GUEST_COMMAND=\"$*\"" \
    -virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap \
    < /dev/null | tr -d '\r' | tee "$work/console" || fail "the machine did not end in $patience s"
code=$(sed -n 's/^GUEST_EXIT=\([0-9]*\)$/\1/p' "$work/console" | tail -n 1)
[ -n "$code" ] || fail "the machine ended without an answer"
exit "$code"
