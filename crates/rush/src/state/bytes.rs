//! Effects as bytes: little-endian, no gaps. Lengths are checked against what is there before anything is kept for them.

use kit::Time;

use super::{Corrupt, Entry, Image};
use crate::{Amount, Loan, LoanId, PoolId, Terms, Token, Units, UserId};

pub(super) struct Writer<'a>(pub(super) &'a mut Vec<u8>);

pub(super) struct Reader<'a, 'b>(pub(super) &'a mut &'b [u8]);

const GIVEN_BACK: u8 = 1;
const AMOUNT: u8 = 2;
const SHORT: Corrupt = Corrupt("a record ends too early");

impl Writer<'_> {
    fn put(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub(super) fn u8(&mut self, n: u8) -> &mut Self {
        self.put(&[n])
    }

    fn u16(&mut self, n: u16) -> &mut Self {
        self.put(&n.to_le_bytes())
    }

    fn u32(&mut self, n: u32) -> &mut Self {
        self.put(&n.to_le_bytes())
    }

    pub(super) fn u64(&mut self, n: u64) -> &mut Self {
        self.put(&n.to_le_bytes())
    }

    fn i64(&mut self, n: i64) -> &mut Self {
        self.put(&n.to_le_bytes())
    }

    /// Images hold fewer than 2³² of anything.
    fn list<T>(&mut self, of: &[T], mut each: impl FnMut(&mut Self, &T)) -> &mut Self {
        self.u32(u32::try_from(of.len()).unwrap_or(u32::MAX));
        of.iter().for_each(|one| each(self, one));
        self
    }

    pub(super) fn pool(&mut self, pool: PoolId) -> &mut Self {
        self.i64(pool.number).u16(pool.part)
    }

    fn amount(&mut self, amount: &Amount) -> &mut Self {
        self.u32(amount.unit).i64(amount.amount)
    }

    pub(super) fn entry(&mut self, entry: &Entry) -> &mut Self {
        let flags = u8::from(entry.given_back) * GIVEN_BACK + u8::from(entry.amount.is_some()) * AMOUNT;
        self.u8(flags).i64(entry.user.0).put(&entry.token.0).u32(entry.qty).i64(entry.at.ms());
        if let Some(amount) = &entry.amount {
            self.amount(amount);
        }
        self
    }

    fn units(&mut self, units: &Units) -> &mut Self {
        match units {
            Units::Alike(n) => self.u8(0).u32(*n),
            Units::Amounts(amounts) => self.u8(1).list(amounts, |w, amount| {
                w.amount(amount);
            }),
        }
    }

    fn loan_id(&mut self, id: &LoanId) -> &mut Self {
        self.u16(id.from).u64(id.epoch).u64(id.number)
    }

    pub(super) fn loan(&mut self, loan: &Loan) -> &mut Self {
        self.loan_id(&loan.id).u16(loan.to).units(&loan.units)
    }

    pub(super) fn image(&mut self, image: &Image) -> &mut Self {
        let Terms { limit, returns, opens, closes } = image.terms;
        self.pool(image.pool).u64(image.epoch).u32(limit).u32(returns).i64(opens.ms()).i64(closes.ms());
        self.u8(u8::from(image.shut)).u64(image.opened).u64(image.acknowledged).u64(image.received).u64(image.lent);
        self.u64(image.last_loan).units(&image.left);
        self.list(&image.entries, |w, entry| {
            w.entry(entry);
        });
        self.list(&image.loans, |w, loan| {
            w.loan(loan);
        });
        self.list(&image.seen, |w, id| {
            w.loan_id(id);
        })
    }
}

impl Reader<'_, '_> {
    fn get<const N: usize>(&mut self) -> Result<[u8; N], Corrupt> {
        let (head, rest) = self.0.split_first_chunk::<N>().ok_or(SHORT)?;
        *self.0 = rest;
        Ok(*head)
    }

    pub(super) fn u8(&mut self) -> Result<u8, Corrupt> {
        self.get().map(|[byte]: [u8; 1]| byte)
    }

    fn u16(&mut self) -> Result<u16, Corrupt> {
        self.get().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Result<u32, Corrupt> {
        self.get().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, Corrupt> {
        self.get().map(u64::from_le_bytes)
    }

    fn i64(&mut self) -> Result<i64, Corrupt> {
        self.get().map(i64::from_le_bytes)
    }

    fn list<T>(&mut self, mut each: impl FnMut(&mut Self) -> Result<T, Corrupt>) -> Result<Vec<T>, Corrupt> {
        let many = self.u32()? as usize;
        // Each takes more than a byte: a wrong length cannot ask for more memory than the record has bytes.
        if many > self.0.len() {
            return Err(SHORT);
        }
        (0..many).map(|_| each(self)).collect()
    }

    pub(super) fn pool(&mut self) -> Result<PoolId, Corrupt> {
        Ok(PoolId { number: self.i64()?, part: self.u16()? })
    }

    fn amount(&mut self) -> Result<Amount, Corrupt> {
        Ok(Amount { unit: self.u32()?, amount: self.i64()? })
    }

    pub(super) fn entry(&mut self) -> Result<Entry, Corrupt> {
        let flags = self.u8()?;
        Ok(Entry {
            given_back: flags & GIVEN_BACK != 0,
            user: UserId(self.i64()?),
            token: Token(self.get()?),
            qty: self.u32()?,
            at: Time(self.i64()?),
            amount: if flags & AMOUNT != 0 { Some(self.amount()?) } else { None },
        })
    }

    fn units(&mut self) -> Result<Units, Corrupt> {
        match self.u8()? {
            0 => Ok(Units::Alike(self.u32()?)),
            1 => Ok(Units::Amounts(self.list(Self::amount)?)),
            _ => Err(Corrupt("units of no known kind")),
        }
    }

    fn loan_id(&mut self) -> Result<LoanId, Corrupt> {
        Ok(LoanId { from: self.u16()?, epoch: self.u64()?, number: self.u64()? })
    }

    pub(super) fn loan(&mut self) -> Result<Loan, Corrupt> {
        Ok(Loan { id: self.loan_id()?, to: self.u16()?, units: self.units()? })
    }

    pub(super) fn image(&mut self) -> Result<Image, Corrupt> {
        let (pool, epoch) = (self.pool()?, self.u64()?);
        let terms = Terms { limit: self.u32()?, returns: self.u32()?, opens: Time(self.i64()?), closes: Time(self.i64()?) };
        let shut = self.u8()? != 0;
        let (opened, acknowledged, received, lent) = (self.u64()?, self.u64()?, self.u64()?, self.u64()?);
        let (last_loan, left) = (self.u64()?, self.units()?);
        let (entries, loans, seen) = (self.list(Self::entry)?, self.list(Self::loan)?, self.list(Self::loan_id)?);
        Ok(Image { pool, epoch, terms, shut, opened, left, entries, acknowledged, received, lent, loans, last_loan, seen })
    }
}
