//! What recovery needs of the world: the agents' accounts and a queue, each of which can be made
//! to fail.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use support_core::code::Code;
use support_core::directory::{Locale, SignIn};
use support_core::identity::EmailAddress;
use support_core::password::NewPassword;
use support_core::ports::{Jobs, Passwords};
use support_core::recovery::{Account, Confirmed, Job};
use support_core::refusal::Failure;

/// An agent who may recover.
pub fn account(name: &str) -> Account {
    Account {
        sign_in: SignIn::Confirmed,
        address_verified: true,
        in_group: true,
        name: name.to_owned(),
        locale: Locale::En,
    }
}

/// The agents' accounts as Cognito keeps them. A sent code is [`Accounts::CODE`].
#[derive(Default)]
pub struct Accounts(Mutex<Inside>);

#[derive(Default)]
struct Inside {
    accounts: HashMap<EmailAddress, Account>,
    sent: Vec<EmailAddress>,
    codes: HashMap<EmailAddress, String>,
    passwords: HashMap<EmailAddress, String>,
    signed_out: Vec<EmailAddress>,
    judged: usize,
    says: Option<Confirmed>,
    down: bool,
    sign_out_down: bool,
}

impl Accounts {
    pub const CODE: &str = "424242";

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn up(&self) -> Result<MutexGuard<'_, Inside>, Failure> {
        let inside = self.inside();
        if inside.down { Err(Failure::unsure("cognito", "down")) } else { Ok(inside) }
    }

    /// Sets, or replaces, an account.
    pub fn set(&self, email: &EmailAddress, account: Account) {
        self.inside().accounts.insert(email.clone(), account);
    }

    /// Lets every code be answered so, whatever it is.
    pub fn says(&self, says: Option<Confirmed>) {
        self.inside().says = says;
    }

    /// Takes everything down, or brings it back.
    pub fn down(&self, down: bool) {
        self.inside().down = down;
    }

    /// Takes signing out down, or brings it back.
    pub fn sign_out_down(&self, down: bool) {
        self.inside().sign_out_down = down;
    }

    /// To whom codes were sent, in order.
    pub fn sent(&self) -> Vec<EmailAddress> {
        self.inside().sent.clone()
    }

    pub fn signed_out(&self) -> Vec<EmailAddress> {
        self.inside().signed_out.clone()
    }

    /// How many codes were judged.
    pub fn judged(&self) -> usize {
        self.inside().judged
    }

    pub fn password(&self, email: &EmailAddress) -> Option<String> {
        self.inside().passwords.get(email).cloned()
    }
}

impl Passwords for Accounts {
    async fn account(&self, email: &EmailAddress) -> Result<Option<Account>, Failure> {
        Ok(self.up()?.accounts.get(email).cloned())
    }

    async fn send_code(&self, email: &EmailAddress) -> Result<bool, Failure> {
        let mut inside = self.up()?;
        inside.sent.push(email.clone());
        inside.codes.insert(email.clone(), Self::CODE.to_owned());
        Ok(true)
    }

    async fn confirm(
        &self,
        email: &EmailAddress,
        code: &Code,
        password: &NewPassword,
    ) -> Result<Confirmed, Failure> {
        let mut inside = self.up()?;
        inside.judged += 1;
        if let Some(says) = inside.says {
            return Ok(says);
        }
        if inside.codes.get(email).is_none_or(|sent| sent != code.expose()) {
            return Ok(Confirmed::WrongCode);
        }
        inside.codes.remove(email);
        inside.passwords.insert(email.clone(), password.expose().to_owned());
        Ok(Confirmed::Done)
    }

    async fn sign_out(&self, email: &EmailAddress) -> Result<(), Failure> {
        let mut inside = self.up()?;
        if inside.sign_out_down {
            return Err(Failure::unsure("cognito", "down"));
        }
        inside.signed_out.push(email.clone());
        Ok(())
    }
}

/// A queue without a worker.
#[derive(Default)]
pub struct Queue(Mutex<(Vec<Job>, bool)>);

impl Queue {
    fn inside(&self) -> MutexGuard<'_, (Vec<Job>, bool)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn down(&self, down: bool) {
        self.inside().1 = down;
    }

    /// What was put there since the last look.
    pub fn take(&self) -> Vec<Job> {
        std::mem::take(&mut self.inside().0)
    }
}

impl Jobs for Queue {
    async fn put(&self, job: &Job) -> Result<(), Failure> {
        let mut inside = self.inside();
        if inside.1 {
            return Err(Failure::unsure("sqs", "down"));
        }
        inside.0.push(job.clone());
        Ok(())
    }
}
