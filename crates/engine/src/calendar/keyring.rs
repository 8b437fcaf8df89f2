//! The keyring as the calendar's thread asks it: on threads that may wait, one thing after the other. So what is forgotten is not written by
//! what was asked before it.

use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use visavis_settings::SecretStore;

type Question = Box<dyn FnOnce(&dyn SecretStore) + Send>;

/// Handle on it; clones are the same.
#[derive(Clone)]
pub(super) struct Keyring(Option<mpsc::UnboundedSender<Question>>);

impl Keyring {
    /// `secrets`: `None` where there is none. To be made on the runtime.
    pub fn new(secrets: Option<Arc<dyn SecretStore>>) -> Self {
        Self(secrets.map(|secrets| {
            let (questions, mut asked) = mpsc::unbounded_channel::<Question>();
            tokio::spawn(async move {
                while let Some(question) = asked.recv().await {
                    let secrets = Arc::clone(&secrets);
                    // One that breaks takes nothing with it but its answer.
                    let _ = tokio::task::spawn_blocking(move || question(&*secrets)).await;
                }
            });
            questions
        }))
    }

    /// Asks it, and waits for nothing.
    pub fn tell(&self, question: impl FnOnce(&dyn SecretStore) + Send + 'static) {
        if let Some(questions) = &self.0 {
            let _ = questions.send(Box::new(question));
        }
    }

    /// Asks it, now, and gives its answer; none comes where there is no keyring, or it broke.
    pub fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn SecretStore) -> T + Send + 'static,
    ) -> oneshot::Receiver<T> {
        let (answer, answered) = oneshot::channel();
        self.tell(move |secrets: &dyn SecretStore| {
            let _ = answer.send(question(secrets));
        });
        answered
    }
}
