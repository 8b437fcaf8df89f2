"""A native participant on the PyPI `livekit` SDK; several of them in one process with several tokens.

    peer.py --url ws://… --token … [--token …] [--codec vp8|h264|vp9|off] [--size 640x360] [--fps 15] [--single]
        [--sound off|tone:440] [--no-receive] [--record FILE.wav] [--still FILE.pgm] [--for SECONDS] [--report FILE.json]

Events come as JSON lines on standard output (`joined`, `participant`, `track`, `picture`, `muted`, `chat`, finally
`report`); commands go as JSON lines to standard input: {"do":"chat","text":"…"}, {"do":"mute","source":"microphone",
"muted":true}, {"do":"report"}, {"do":"leave"}; with "of":[0,2] the first and the third of them alone do it. The end of the
standard input leaves as well.
"""

import argparse
import asyncio
import json
import math
import sys
import time
import wave

import numpy as np
from livekit import rtc

import barcode

SOURCES = {
    rtc.TrackSource.SOURCE_CAMERA: "camera",
    rtc.TrackSource.SOURCE_MICROPHONE: "microphone",
    rtc.TrackSource.SOURCE_SCREENSHARE: "screen_share",
}
START = time.monotonic()
RATE = 48_000


def say(event: str, **fields) -> None:
    print(json.dumps({"event": event, "at_ms": round((time.monotonic() - START) * 1000), **fields}), flush=True)


class Camera:
    """A moving picture with a barcode; `drawn` counts the pictures handed to the SDK."""

    def __init__(self, width: int, height: int, fps: float) -> None:
        self.source = rtc.VideoSource(width, height)
        self.fps = fps
        self.drawn = 0
        across = np.linspace(60, 190, width, dtype=np.uint8)
        self.background = np.tile(across, (height, 1))
        self.chroma = bytes([110]) * (width // 2 * height // 2) + bytes([140]) * (width // 2 * height // 2)

    async def run(self) -> None:
        height, width = self.background.shape
        begin = time.monotonic()
        while True:
            luma = self.background.copy()
            left = int((self.drawn / self.fps / 4 % 1) * (width - 40))
            luma[height * 5 // 8 : height * 7 // 8, left : left + 40] = 40
            barcode.draw(luma, self.drawn, barcode.clock_ms())
            frame = rtc.VideoFrame(width, height, rtc.VideoBufferType.I420, luma.tobytes() + self.chroma)
            self.source.capture_frame(frame)
            self.drawn += 1
            await asyncio.sleep(max(0.0, begin + self.drawn / self.fps - time.monotonic()))


async def run_tone(source: rtc.AudioSource, frequency: float) -> None:
    phase = 0
    while True:
        times = np.arange(phase, phase + RATE // 100)
        phase += RATE // 100
        samples = (np.sin(times * (2 * math.pi * frequency / RATE)) * 8192).astype(np.int16)
        await source.capture_frame(rtc.AudioFrame(samples.tobytes(), RATE, 1, RATE // 100))


class Peer:
    def __init__(self, given: argparse.Namespace, token: str, record: str | None) -> None:
        self.given, self.token, self.record = given, token, record
        self.room = rtc.Room()
        self.camera: Camera | None = None
        self.tracks: list[dict] = []
        self.remote: list[tuple[dict, rtc.Track]] = []
        self.own: dict[str, rtc.Track] = {}
        self.tasks: list[asyncio.Task] = []
        self.marks: list[dict] = []
        self.recording = bytearray()
        self.last: np.ndarray | None = None
        self.listen()

    def who(self) -> str:
        return self.room.local_participant.identity

    def listen(self) -> None:
        room = self.room

        def participant(p, present):
            self.marks.append({"what": "came" if present else "went", "identity": p.identity, "drawn": self.camera.drawn if self.camera else 0})
            say("participant", me=self.who(), identity=p.identity, name=p.name, present=present)

        def muted(p, publication, is_muted):
            say("muted", me=self.who(), identity=p.identity, source=SOURCES.get(publication.source, "unknown"), muted=is_muted)

        room.on("participant_connected", lambda p: participant(p, True))
        room.on("participant_disconnected", lambda p: participant(p, False))
        room.on("track_muted", lambda p, publication: muted(p, publication, True))
        room.on("track_unmuted", lambda p, publication: muted(p, publication, False))
        room.on("reconnecting", lambda: say("reconnecting", me=self.who()))
        room.on("reconnected", lambda: say("reconnected", me=self.who()))
        room.on("disconnected", lambda reason: say("disconnected", reason=int(reason)))
        room.on("track_subscribed", self.subscribed)

        def chat(reader, identity):
            async def read():
                say("chat", me=self.who(), **{"from": identity}, text=await reader.read_all())

            self.tasks.append(asyncio.ensure_future(read()))

        room.register_text_stream_handler("lk.chat", chat)

    def subscribed(self, track, publication, participant) -> None:
        entry = {"identity": participant.identity, "source": SOURCES.get(publication.source, "unknown"), "frames": 0, "codes": 0, "samples": 0, "energy": 0.0, "sizes": {}, "latencies": []}
        self.tracks.append(entry)
        self.remote.append((entry, track))
        say("track", me=self.who(), identity=participant.identity, source=entry["source"])
        watch = self.watch_video if track.kind == rtc.TrackKind.KIND_VIDEO else self.watch_audio
        self.tasks.append(asyncio.ensure_future(watch(track, entry)))

    async def watch_video(self, track, entry) -> None:
        last = first = None
        entry["longest_gap_ms"] = 0
        async for event in rtc.VideoStream.from_track(track=track, format=rtc.VideoBufferType.I420):
            now = time.monotonic()
            frame = event.frame
            entry["frames"] += 1
            size = f"{frame.width}x{frame.height}"
            entry["sizes"][size] = entry["sizes"].get(size, 0) + 1
            if first is None:
                first = now
                say("picture", me=self.who(), identity=entry["identity"], source=entry["source"], width=frame.width, height=frame.height)
            elif now - first > 1:
                entry["longest_gap_ms"] = max(entry["longest_gap_ms"], round((now - last) * 1000))
            last = now
            luma = np.frombuffer(frame.get_plane(0), np.uint8).reshape(frame.height, -1)[:, : frame.width]
            # The end of a sender that goes is small, or black.
            if self.given.still and luma.any() and (self.last is None or luma.shape[0] >= self.last.shape[0]):
                self.last = luma.copy()
            code = barcode.read(luma)
            if code:
                entry["codes"] += 1
                entry.setdefault("first_counter", code[0])
                entry["last_counter"] = code[0]
                if len(entry["latencies"]) < 2000:
                    entry["latencies"].append((barcode.clock_ms() - code[1]) & 0xFFFFFFFF)

    async def watch_audio(self, track, entry) -> None:
        async for event in rtc.AudioStream.from_track(track=track, sample_rate=RATE, num_channels=1):
            samples = np.frombuffer(event.frame.data, np.int16)
            entry["samples"] += len(samples)
            entry["energy"] += float(np.sum((samples / 32768.0) ** 2))
            if self.record:
                self.recording += samples.tobytes()

    async def join(self) -> None:
        given, room = self.given, self.room
        await room.connect(given.url, self.token, rtc.RoomOptions(auto_subscribe=not given.no_receive))
        say("joined", identity=self.who(), present=list(room.remote_participants))
        if given.codec != "off":
            width, height = map(int, given.size.split("x"))
            self.camera = Camera(width, height, given.fps)
            track = rtc.LocalVideoTrack.create_video_track("camera", self.camera.source)
            options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_CAMERA, simulcast=not given.single, video_codec=getattr(rtc.VideoCodec, given.codec.upper()))
            await room.local_participant.publish_track(track, options)
            self.own["camera"] = track
            self.tasks.append(asyncio.ensure_future(self.camera.run()))
        if given.sound != "off":
            source = rtc.AudioSource(RATE, 1, queue_size_ms=100)
            track = rtc.LocalAudioTrack.create_audio_track("microphone", source)
            await room.local_participant.publish_track(track, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE))
            self.own["microphone"] = track
            self.tasks.append(asyncio.ensure_future(run_tone(source, float(given.sound.removeprefix("tone:")))))
        say("published", identity=self.who())

    async def report(self) -> dict:
        remote = []
        for entry, track in self.remote:
            entry = dict(entry)
            latencies = sorted(entry.pop("latencies"))
            if latencies:
                entry["latency_ms_p50"] = latencies[len(latencies) // 2]
            for stat in await track.get_stats():
                if not stat.HasField("inbound_rtp"):
                    continue
                inbound = stat.inbound_rtp.inbound
                entry |= {
                    "frames_received": inbound.frames_received, "frames_decoded": inbound.frames_decoded, "freezes": inbound.freeze_count,
                    "concealed": inbound.concealed_samples, "concealed_silent": inbound.silent_concealed_samples, "samples_received": inbound.total_samples_received,
                    "packets_received": stat.inbound_rtp.received.packets_received, "packets_lost": stat.inbound_rtp.received.packets_lost,
                }
            remote.append(entry)
        own = []
        for source, track in self.own.items():
            layers = []
            for stat in await track.get_stats():
                if stat.HasField("outbound_rtp"):
                    out = stat.outbound_rtp.outbound
                    layers.append({"rid": out.rid, "width": out.frame_width, "height": out.frame_height, "frames_sent": out.frames_sent, "packets_sent": stat.outbound_rtp.sent.packets_sent})
            own.append({"source": source, "layers": sorted(layers, key=lambda layer: -layer["width"])})
        return {"identity": self.who(), "drawn": self.camera.drawn if self.camera else 0, "own": own, "remote": remote, "marks": self.marks}

    async def command(self, command: dict) -> None:
        match command["do"]:
            case "chat":
                await self.room.local_participant.send_text(command["text"], topic="lk.chat")
            case "mute":
                track = self.own[command["source"]]
                track.mute() if command["muted"] else track.unmute()
            case "report":
                say("stats", report=await self.report())
            case other:
                say("failed", cause=f"no such command: {other}")

    async def leave(self) -> dict:
        report = await self.report()
        for task in self.tasks:
            task.cancel()
        await self.room.disconnect()
        if self.given.still and self.last is not None:
            height, width = self.last.shape
            with open(self.given.still, "wb") as file:
                file.write(f"P5 {width} {height} 255\n".encode() + self.last.tobytes())
        if self.record:
            with wave.open(self.record, "wb") as file:
                file.setparams((1, 2, RATE, 0, "NONE", ""))
                file.writeframes(bytes(self.recording))
        return report


async def commands(peers: list[Peer]) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        command = json.loads(line)
        if command["do"] == "leave":
            return
        for index in command.get("of", range(len(peers))):
            await peers[index].command(command)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True)
    parser.add_argument("--token", action="append", required=True)
    parser.add_argument("--codec", choices=("vp8", "vp9", "h264", "off"), default="vp8")
    parser.add_argument("--size", default="640x360")
    parser.add_argument("--fps", type=float, default=15)
    parser.add_argument("--single", action="store_true", help="one layer only, no simulcast")
    parser.add_argument("--sound", default="off")
    parser.add_argument("--no-receive", action="store_true")
    parser.add_argument("--record")
    parser.add_argument("--still", help="the last picture that came, grey")
    parser.add_argument("--for", dest="seconds", type=float)
    parser.add_argument("--report")
    given = parser.parse_args()
    peers = [Peer(given, token, given.record if index == 0 else None) for index, token in enumerate(given.token)]
    for peer in peers:
        await peer.join()
    if given.seconds is None:
        await commands(peers)
    else:
        await asyncio.wait([asyncio.ensure_future(commands(peers))], timeout=given.seconds)
    reports = [await peer.leave() for peer in peers]
    report = reports[0] if len(reports) == 1 else reports
    if given.report:
        with open(given.report, "w") as file:
            json.dump(report, file, indent=1)
    say("report", report=report)


asyncio.run(main())
