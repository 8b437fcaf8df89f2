mod alike;
mod flows;
mod recorded;
mod stage;
