//! Values of the command line's options.

use std::time::Duration;
use visavis_model::{CameraChoice, DeviceId, MicrophoneChoice, ShareChoice, Size};
use visavis_video::background::{Effect, Strength};

pub fn camera(text: &str) -> Result<CameraChoice, String> {
    Ok(match text {
        "synthetic" => CameraChoice::Synthetic,
        "off" => CameraChoice::None,
        "system" => CameraChoice::System,
        _ => match text.split_once(':') {
            Some(("file", path)) if !path.is_empty() => CameraChoice::File(path.to_owned()),
            Some(("device", name)) if !name.is_empty() => CameraChoice::Device(DeviceId::from(name)),
            _ => return Err("synthetic, off, system, file:PATH or device:NAME".into()),
        },
    })
}

pub fn microphone(text: &str) -> Result<MicrophoneChoice, String> {
    Ok(match camera(text)? {
        CameraChoice::Synthetic => MicrophoneChoice::Synthetic,
        CameraChoice::None => MicrophoneChoice::None,
        CameraChoice::System => MicrophoneChoice::System,
        CameraChoice::File(path) => MicrophoneChoice::File(path),
        CameraChoice::Device(id) => MicrophoneChoice::Device(id),
    })
}

pub fn background(text: &str) -> Result<Effect, String> {
    Ok(match text {
        "none" => Effect::None,
        "blur" => Effect::Blur(Strength::Light),
        "strong" => Effect::Blur(Strength::Strong),
        "" => return Err("none, blur, strong or a picture's path".into()),
        path => Effect::Picture(path.into()),
    })
}

pub fn share(text: &str) -> Result<ShareChoice, String> {
    match text.split_once(':') {
        None if text == "screen" => Ok(ShareChoice::MainScreen),
        Some(("window", title)) if !title.is_empty() => Ok(ShareChoice::WindowTitled(title.to_owned())),
        _ => Err("screen or window:TITLE".into()),
    }
}

pub fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = &text[digits.len()..];
    let number: f64 = digits.parse().map_err(|_| "a number and ms, s, m or h".to_owned())?;
    let seconds = match unit {
        "ms" => number / 1000.0,
        "" | "s" => number,
        "m" => number * 60.0,
        "h" => number * 3600.0,
        _ => return Err("a number and ms, s, m or h".into()),
    };
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

pub fn size(text: &str) -> Result<Size, String> {
    let parsed =
        text.split_once('x').and_then(|(width, height)| Some(Size::new(width.parse().ok()?, height.parse().ok()?)));
    parsed
        .filter(|size| !size.is_empty() && size.width <= 8192 && size.height <= 8192)
        .ok_or_else(|| "a size such as 1280x720".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_read() {
        assert_eq!(camera("file:/a:b.y4m"), Ok(CameraChoice::File("/a:b.y4m".into())));
        assert_eq!(microphone("device:pulseaudio:mic"), Ok(MicrophoneChoice::Device("pulseaudio:mic".into())));
        assert_eq!(share("window:a: b"), Ok(ShareChoice::WindowTitled("a: b".into())));
        assert!(share("screen").is_ok() && share("window:").is_err() && share("screen:1").is_err());
        assert!(camera("film").is_err() && camera("file:").is_err());
        assert_eq!(background("blur"), Ok(Effect::Blur(Strength::Light)));
        assert_eq!(background("/a/blur.png"), Ok(Effect::Picture("/a/blur.png".into())));
    }

    #[test]
    fn times_and_sizes_are_read() {
        assert_eq!(duration("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        assert!(
            duration("-1s").is_err()
                && duration("soon").is_err()
                && duration("").is_err()
                && duration("1e400s").is_err()
        );
        assert_eq!(size("640x360"), Ok(Size::new(640, 360)));
        assert!(size("0x1").is_err() && size("9999x1").is_err() && size("x").is_err());
    }
}
