//! Whether an item of a LimitRange refuses what is asked for and allowed of a resource
//! (k8s.io/kubernetes v1.36.3 plugin/pkg/admission/limitranger/admission.go).

use seawall_inventory::kinds::LimitRangeItem;
use seawall_inventory::quantity::Quantity;

use super::in_effect::{Side, Unclear, parse_bound};

/// A bound that does not hold.
pub(super) struct Broken {
    /// Where what breaks it stands, or should.
    pub side: Side,
    /// What is refused: "less than 50m".
    pub refused: String,
    /// What there is of it; `None` when there is nothing.
    pub amount: Option<Quantity>,
}

/// The first bound of `item` that a request and a limit of `resource` do not hold.
pub(super) fn broken(
    item: &LimitRangeItem,
    resource: &str,
    request: Option<&Quantity>,
    limit: Option<&Quantity>,
) -> Result<Option<Broken>, Unclear> {
    if let Some(least) = item.min.get(resource).map(parse_bound).transpose()? {
        let refused = || format!("less than {least}");
        let Some(asked) = request else { return Ok(Some(Broken::absent(Side::Request, refused()))) };
        let (asked_for, allowed, least) = scaled(request, limit, &least)?;
        if limit.is_some() && allowed < least {
            return Ok(Some(Broken { side: Side::Limit, refused: refused(), amount: limit.cloned() }));
        }
        if asked_for < least {
            return Ok(Some(Broken { side: Side::Request, refused: refused(), amount: Some(asked.clone()) }));
        }
    }
    if let Some(largest) = item.max.get(resource).map(parse_bound).transpose()? {
        let refused = || format!("more than {largest}");
        let Some(allowed) = limit else { return Ok(Some(Broken::absent(Side::Limit, refused()))) };
        let (asked_for, allowed_most, largest) = scaled(request, limit, &largest)?;
        if allowed_most > largest {
            return Ok(Some(Broken { side: Side::Limit, refused: refused(), amount: Some(allowed.clone()) }));
        }
        if request.is_some() && asked_for > largest {
            return Ok(Some(Broken { side: Side::Request, refused: refused(), amount: request.cloned() }));
        }
    }
    let Some(ratio) = item.max_limit_request_ratio.get(resource).map(parse_bound).transpose()? else {
        return Ok(None);
    };
    let refused = format!("a limit of more than {ratio} times the request");
    let (asked, allowed, _) = scaled(request, limit, &ratio)?;
    if asked == 0 || allowed == 0 {
        let side = if asked == 0 { Side::Request } else { Side::Limit };
        return Ok(Some(Broken::absent(side, refused)));
    }
    Ok(exceeds(allowed, asked, &ratio)?.then(|| Broken {
        side: Side::Limit,
        refused,
        amount: limit.cloned(),
    }))
}

impl Broken {
    /// What breaks the bound.
    pub(super) fn why(&self) -> String {
        let side = if self.side == Side::Request { "request" } else { "limit" };
        match &self.amount {
            Some(amount) => format!("the {side} is {amount}"),
            None => format!("there is no {side}"),
        }
    }

    fn absent(side: Side, refused: String) -> Self {
        Self { side, refused, amount: None }
    }
}

/// The largest number of which thousandths are counted: `resource.MaxMilliValue`.
const MAX_OF_MILLI: i64 = i64::MAX / 1000;

const BEYOND: Unclear = Unclear("a quantity is larger than any resource could be");

/// `requestLimitEnforcedValues`: all in thousandths, or all in whole numbers when one is too large for that.
fn scaled(
    request: Option<&Quantity>,
    limit: Option<&Quantity>,
    bound: &Quantity,
) -> Result<(i64, i64, i64), Unclear> {
    let of = |quantity: Option<&Quantity>, exponent| match quantity {
        Some(quantity) => quantity.in_units_of(exponent).ok_or(BEYOND),
        None => Ok(0),
    };
    let all = |exponent| Ok((of(request, exponent)?, of(limit, exponent)?, of(Some(bound), exponent)?));
    let (a, b, c) = all(0)?;
    if [a, b, c].into_iter().all(|value| value <= MAX_OF_MILLI) { all(-3) } else { Ok((a, b, c)) }
}

/// `limitRequestRatioConstraint`, in the same floating point.
fn exceeds(limit: i64, request: i64, ratio: &Quantity) -> Result<bool, Unclear> {
    let observed = limit as f64 / request as f64;
    let whole = ratio.in_units_of(0).ok_or(BEYOND)?;
    if whole > MAX_OF_MILLI {
        return Ok(observed > whole as f64);
    }
    Ok(observed * 1000.0 > ratio.in_units_of(-3).ok_or(BEYOND)? as f64)
}
