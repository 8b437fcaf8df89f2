mod alike;
mod flows;
mod recorded;
mod sign_in;
mod stage;
