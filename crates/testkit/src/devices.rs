//! What every source of devices keeps, on each system.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use visavis_media::DeviceSource;
use visavis_model::{DeviceKind, DeviceView};

/// How much longer than asked a wait may take.
const LATE: Duration = Duration::from_millis(500);

/// Lists and waits, and says what of the contract is broken.
///
/// # Errors
/// A sentence.
pub fn keeps_contract(source: &mut dyn DeviceSource) -> Result<(), String> {
    let first = source.list();
    list_is_sound(&first)?;
    list_is_sound(&source.list())?;
    for patience in [Duration::ZERO, Duration::from_millis(50), Duration::from_millis(900)] {
        let start = Instant::now();
        source.wait(patience);
        if start.elapsed() > patience + LATE {
            return Err(format!("waited {:?} instead of {patience:?}", start.elapsed()));
        }
    }
    list_is_sound(&source.list())
}

/// Ids are there and differ within a kind, names can be read, and a kind has one default at most.
fn list_is_sound(list: &[DeviceView]) -> Result<(), String> {
    for kind in [DeviceKind::Microphone, DeviceKind::Loudspeaker, DeviceKind::Camera] {
        let of_kind: Vec<_> = list.iter().filter(|device| device.kind == kind).collect();
        let ids: BTreeSet<_> = of_kind.iter().map(|device| device.id.as_str()).collect();
        if ids.len() != of_kind.len() {
            return Err(format!("an id twice: {list:?}"));
        }
        if of_kind.iter().any(|device| device.id.as_str().is_empty() || device.name.trim().is_empty()) {
            return Err(format!("a device without id or name: {list:?}"));
        }
        if of_kind.iter().filter(|device| device.is_default).count() > 1 {
            return Err(format!("two defaults: {list:?}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_model::DeviceId;

    struct Fixed(Vec<DeviceView>, Duration);

    impl DeviceSource for Fixed {
        fn list(&mut self) -> Vec<DeviceView> {
            self.0.clone()
        }

        fn wait(&mut self, patience: Duration) -> bool {
            std::thread::sleep(patience + self.1);
            false
        }
    }

    fn device(id: &str, is_default: bool) -> DeviceView {
        DeviceView {
            id: DeviceId::from(id),
            kind: DeviceKind::Microphone,
            name: "A microphone".into(),
            is_default,
            state: Default::default(),
            form: Default::default(),
        }
    }

    #[test]
    fn a_breach_is_found() {
        let keeps = |list: &[DeviceView], late| keeps_contract(&mut Fixed(list.to_vec(), late)).is_ok();
        assert!(keeps(&[device("a", true), device("b", false)], Duration::ZERO));
        assert!(!keeps(&[device("a", true), device("a", false)], Duration::ZERO));
        assert!(!keeps(&[device("a", true), device("b", true)], Duration::ZERO));
        assert!(!keeps(&[device("", true)], Duration::ZERO));
        assert!(!keeps(&[], Duration::from_secs(1)));
    }
}
