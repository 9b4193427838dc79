//! Timestamps, which stay strings; only an explicit `!!timestamp` needs to know whether a text is one.

/// Whether Go's `time.Parse` takes the text by one of go-yaml's formats (`allowedTimestampFormats`).
pub(super) fn is_timestamp(text: &str) -> bool {
    let mut reader = Reader { rest: text.as_bytes() };
    let Some(day_is_valid) = reader.date() else { return false };
    let is_time = match reader.rest {
        [] => return day_is_valid,
        [b'T' | b't', ..] => reader.skip().time() && reader.zone(),
        [b' ', ..] => reader.skip().time(),
        _ => false,
    };
    day_is_valid && is_time && reader.rest.is_empty()
}

struct Reader<'t> {
    rest: &'t [u8],
}

impl Reader<'_> {
    fn skip(&mut self) -> &mut Self {
        self.rest = self.rest.get(1..).unwrap_or_default();
        self
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.rest.first() == Some(&byte);
        if found {
            self.skip();
        }
        found
    }

    /// A number of one or two digits, below `end`.
    fn number(&mut self, end: u32) -> Option<u32> {
        let first = self.digit()?;
        let value = self.digit().map_or(first, |second| first * 10 + second);
        (value < end).then_some(value)
    }

    fn digit(&mut self) -> Option<u32> {
        let digit = char::from(*self.rest.first()?).to_digit(10)?;
        self.skip();
        Some(digit)
    }

    /// `2006-1-2`; whether the day exists in its month.
    fn date(&mut self) -> Option<bool> {
        let mut year = 0;
        for _ in 0..4 {
            year = year * 10 + self.digit()?;
        }
        if !self.eat(b'-') {
            return None;
        }
        let month = self.number(13).filter(|month| *month > 0)?;
        if !self.eat(b'-') {
            return None;
        }
        let day = self.number(100)?;
        Some((1..=days(year, month)).contains(&day))
    }

    /// `15:4:5.999999999`
    fn time(&mut self) -> bool {
        let is_clock = self.number(24).is_some()
            && self.eat(b':')
            && self.number(60).is_some()
            && self.eat(b':')
            && self.number(60).is_some();
        if let [b'.' | b',', b'0'..=b'9', ..] = self.rest {
            self.skip();
            while self.digit().is_some() {}
        }
        is_clock
    }

    /// `Z07:00`
    fn zone(&mut self) -> bool {
        if self.eat(b'Z') {
            return true;
        }
        let [b'+' | b'-', h1, h2, b':', m1, m2] = self.rest else { return false };
        let two =
            |tens: u8, ones: u8| Some(char::from(tens).to_digit(10)? * 10 + char::from(ones).to_digit(10)?);
        let valid = two(*h1, *h2).is_some_and(|hours| hours <= 24)
            && two(*m1, *m2).is_some_and(|minutes| minutes <= 60);
        self.rest = &[];
        valid
    }
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
