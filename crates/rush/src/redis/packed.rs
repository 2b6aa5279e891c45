//! Claims, amounts and loans as the text that stands in Redis. Pure.

use std::str::FromStr;

use kit::{Error, Result, Time};

use crate::{Amount, Carried, Claim, Loan, LoanId, PoolId, Token, Units, UserId};

fn wrong(text: &str) -> Error {
    Error::internal(format_args!("redis holds what we do not write: {text:?}"))
}

fn number<T: FromStr>(text: &str) -> Result<T> {
    text.parse().map_err(|_| wrong(text))
}

pub(super) fn amount(amount: &Amount) -> String {
    format!("{}:{}", amount.unit, amount.amount)
}

fn read_amount(text: &str) -> Result<Amount> {
    let (unit, amount) = text.split_once(':').ok_or_else(|| wrong(text))?;
    Ok(Amount { unit: number(unit)?, amount: number(amount)? })
}

fn read_token(text: &str) -> Result<Token> {
    let digits = u128::from_str_radix(text, 16).map_err(|_| wrong(text))?;
    Ok(Token(digits.to_be_bytes()))
}

/// `user|token|qty|amount|at|given back`; in the token table the place in the line stands before it.
pub(super) fn carried(of: &Carried) -> String {
    let amount = of.amount.as_ref().map(amount).unwrap_or_default();
    format!("{}|{}|{}|{amount}|{}|{}", of.user.0, of.token, of.qty, of.at.ms(), u8::from(of.given_back))
}

pub(super) fn read_claim(pool: PoolId, epoch: u64, text: &str) -> Result<Claim> {
    let fields: Vec<&str> = text.split('|').collect();
    let [seq, user, token, qty, amount, at, back] = fields[..] else { return Err(wrong(text)) };
    Ok(Claim {
        pool,
        epoch,
        seq: number(seq)?,
        user: UserId(number(user)?),
        token: read_token(token)?,
        qty: number(qty)?,
        amount: if amount.is_empty() { None } else { Some(read_amount(amount)?) },
        at: Time(number(at)?),
        given_back: back == "1",
    })
}

/// `epoch|number|to|kind|units`.
pub(super) fn read_loan(from: u16, text: &str) -> Result<Loan> {
    let fields: Vec<&str> = text.split('|').collect();
    let [epoch, no, to, kind, units] = fields[..] else { return Err(wrong(text)) };
    let units = match kind {
        AMOUNTS => Units::Amounts(units.split(',').map(read_amount).collect::<Result<_>>()?),
        _ => Units::Alike(number(units)?),
    };
    Ok(Loan { id: LoanId { from, epoch: number(epoch)?, number: number(no)? }, to: number(to)?, units })
}

const AMOUNTS: &str = "amounts";

pub(super) fn kind(units: &Units) -> &'static str {
    match units {
        Units::Alike(_) => "alike",
        Units::Amounts(_) => AMOUNTS,
    }
}

/// `number.part` of a pool in the set of those that wait.
pub(super) fn read_pool(text: &str) -> Result<PoolId> {
    let (no, part) = text.split_once('.').ok_or_else(|| wrong(text))?;
    Ok(PoolId { number: number(no)?, part: number(part)? })
}

/// Answers of a script in order, as numbers.
pub(super) struct Fields<'a>(std::slice::Iter<'a, String>);

impl<'a> Fields<'a> {
    pub(super) fn of(fields: &'a [String]) -> Self {
        Fields(fields.iter())
    }

    pub(super) fn next<T: FromStr>(&mut self) -> Result<T> {
        number(self.0.next().map_or("", String::as_str))
    }
}
