//! Where boxes stand: three columns, in each an order that keeps lines short, the same for the same picture.

use super::picture::{Box, Column, Hop, Picture, Tone};

/// Measures in pixels of the picture as it is without scaling.
pub(super) const BOX: f64 = 340.0;
const LINES: f64 = 170.0;
const GAP: f64 = 14.0;
/// Of the first line of a box, and of each other one.
pub(super) const TITLE: f64 = 17.0;
pub(super) const LINE: f64 = 15.0;
pub(super) const PADDING: f64 = 8.0;
pub(super) const MARGIN: f64 = 20.0;
/// Above the boxes.
pub(super) const HEAD: f64 = 34.0;

/// Where a box stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Place {
    pub x: f64,
    pub y: f64,
    pub height: f64,
}

/// Where everything stands.
#[derive(Debug)]
pub(super) struct Layout {
    /// Of each box.
    pub boxes: Vec<Place>,
    /// Where each hop begins and ends, from top to bottom along the sides of boxes.
    pub hops: Vec<(f64, f64)>,
    pub width: f64,
    pub height: f64,
}

/// Where a column begins.
pub(super) fn x(column: Column) -> f64 {
    let before = Column::ALL.iter().take_while(|other| **other < column).count();
    MARGIN + f64::from(u8::try_from(before).unwrap_or_default()) * (BOX + LINES)
}

fn height(drawn: &Box) -> f64 {
    let lines = drawn.lines.iter().map(|_| LINE).sum::<f64>();
    2.0 * PADDING + TITLE + lines
}

impl Layout {
    pub(super) fn of(picture: &Picture) -> Self {
        let in_column = |column: Column| {
            let of_column =
                |number: &usize| picture.boxes.get(*number).is_some_and(|own| own.column == column);
            (0..picture.boxes.len()).filter(of_column).collect::<Vec<_>>()
        };
        let roles = in_column(Column::Roles);
        // All that did not fit comes last.
        let is_more = |number: usize| picture.boxes.get(number).is_some_and(|own| own.tone == Tone::More);
        let rank = |number: usize| roles.iter().position(|role| *role == number).unwrap_or_default();
        let beside = |column: Column| {
            let mut numbers = in_column(column);
            let mean = |number: usize| {
                let others = picture.hops.iter().filter_map(|hop| match (hop.from, hop.to) {
                    (from, to) if from == number => Some(rank(to)),
                    (from, to) if to == number => Some(rank(from)),
                    _ => None,
                });
                let others: Vec<usize> = others.collect();
                // In thousandths, as whole numbers have one order.
                others.iter().sum::<usize>() * 1000 / others.len().max(1)
            };
            numbers.sort_by_cached_key(|number| (is_more(*number), mean(*number), *number));
            numbers
        };
        let columns = [
            (Column::Subjects, beside(Column::Subjects)),
            (Column::Roles, roles.clone()),
            (Column::Rights, beside(Column::Rights)),
        ];
        let high = |numbers: &[usize]| {
            numbers
                .iter()
                .filter_map(|number| picture.boxes.get(*number))
                .map(|own| height(own) + GAP)
                .sum::<f64>()
        };
        let highest = columns.iter().map(|(_, numbers)| high(numbers)).fold(0.0, f64::max);
        let mut boxes = vec![Place::default(); picture.boxes.len()];
        for (column, numbers) in &columns {
            let mut y = HEAD + MARGIN + (highest - high(numbers)) / 2.0;
            for number in numbers {
                let height = picture.boxes.get(*number).map(height).unwrap_or_default();
                if let Some(place) = boxes.get_mut(*number) {
                    *place = Place { x: x(*column), y, height };
                }
                y += height + GAP;
            }
        }
        let hops = ports(&picture.hops, &boxes);
        Self { boxes, hops, width: x(Column::Rights) + BOX + MARGIN, height: HEAD + highest + 2.0 * MARGIN }
    }
}

/// Lines leave a box in the order of where they go.
fn ports(hops: &[Hop], boxes: &[Place]) -> Vec<(f64, f64)> {
    let at = |number: usize| boxes.get(number).copied().unwrap_or_default();
    let side = |own: fn(&Hop) -> usize, other: fn(&Hop) -> usize| -> Vec<f64> {
        let mut order: Vec<usize> = (0..hops.len()).collect();
        let key = |hop: &Hop| (at(own(hop)).y, own(hop), at(other(hop)).y);
        order.sort_by(|a, b| {
            let (a, b) = (hops.get(*a).map(key), hops.get(*b).map(key));
            a.partial_cmp(&b).unwrap_or(std::cmp::Ordering::Equal)
        });
        let mut ports = vec![0.0; hops.len()];
        for of_box in order.chunk_by(|a, b| hops.get(*a).map(own) == hops.get(*b).map(own)) {
            let place =
                of_box.first().and_then(|hop| hops.get(*hop)).map(|hop| at(own(hop))).unwrap_or_default();
            let mut share = 0.0;
            let each = place.height / of_box.iter().map(|_| 1.0).sum::<f64>();
            for hop in of_box {
                if let Some(port) = ports.get_mut(*hop) {
                    *port = place.y + share + each / 2.0;
                }
                share += each;
            }
        }
        ports
    };
    let (from, to) = (side(|hop| hop.from, |hop| hop.to), side(|hop| hop.to, |hop| hop.from));
    from.into_iter().zip(to).collect()
}
