//! What is drawn: boxes in three columns, and what leads from one to another.

use std::collections::{BTreeMap, BTreeSet};

use seawall_inventory::{Object, Snapshot};
use seawall_rbac::{RuleAt, Subject};
use seawall_report::places;
use seawall_yaml::Path;
use unicode_width::UnicodeWidthStr;

use super::super::chain::{Part, Words, name};
use super::fold::{Classes, Fold};
use super::model::{Give, Model, Right, Whose};

/// Names that a box tells; the others are counted.
const NAMED: usize = 3;
/// So wide they may be together.
const FITS: usize = 40;

/// What is drawn.
pub(super) struct Picture {
    /// Whose it is.
    pub title: String,
    /// How much it is of.
    pub summary: String,
    pub boxes: Vec<Box>,
    pub hops: Vec<Hop>,
    /// What is not drawn, and why.
    pub left_out: Vec<String>,
}

/// A box.
pub(super) struct Box {
    pub column: Column,
    /// What is in it: one thing, or several that are alike.
    pub title: String,
    pub lines: Vec<String>,
    pub tone: Tone,
    /// All that are in it.
    pub members: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    Subjects,
    Roles,
    Rights,
}

/// How a box looks, beside its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    /// A right that amounts to more than it seems.
    Power,
    /// Not among what was read.
    Unknown,
    /// All that did not fit.
    More,
}

/// What leads from one box to another.
pub(super) struct Hop {
    pub from: usize,
    pub to: usize,
    /// How many single ones it stands for.
    pub count: usize,
    /// One of them in a sentence.
    pub sentence: String,
    /// Where it stands; empty when there is none.
    pub place: String,
}

impl Column {
    pub(super) const ALL: [Self; 3] = [Self::Subjects, Self::Roles, Self::Rights];

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Subjects => "Who",
            Self::Roles => "has which roles",
            Self::Rights => "which allow to",
        }
    }

    /// How it is called in other forms.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Subjects => "subjects",
            Self::Roles => "roles",
            Self::Rights => "rights",
        }
    }
}

/// From one box to another: how many hops, and of the first between what it is, and by what.
type Bundles<B> = BTreeMap<(usize, usize), (usize, (usize, usize), B)>;

/// The boxes of classes that fit, in order of what matters most, and the one of all that do not.
struct Shown {
    /// The box of each class.
    of: BTreeMap<usize, usize>,
    /// The box of all others.
    more: Option<usize>,
}

impl Shown {
    fn of(&self, class: usize) -> Option<usize> {
        self.of.get(&class).copied().or(self.more)
    }
}

impl Picture {
    /// At most so many boxes are in each column, and one of what is left.
    pub(super) fn of(model: &Model<'_>, snapshot: &Snapshot, whose: Whose<'_>, most: usize) -> Self {
        let fold = Fold::of(model);
        let title = match whose {
            Whose::Of(asker) => format!("What {} has", asker.called),
            Whose::All | Whose::Added => "Who has which roles, and what these allow".to_owned(),
        };
        let count = |number: usize, one: &str, many: &str| {
            format!("{number} {}", if number == 1 { one } else { many })
        };
        let summary = [
            count(model.subjects.len(), "subject", "subjects"),
            count(model.bindings, "binding", "bindings"),
            count(model.roles.len(), "role where it counts", "roles where they count"),
            count(model.rights.len(), "right", "rights"),
        ];
        let mut picture = Self {
            title,
            summary: summary.join(", "),
            boxes: Vec::new(),
            hops: Vec::new(),
            left_out: Vec::new(),
        };
        let ranks = Ranks::of(model, &fold);
        let subjects =
            picture.show(&fold.subjects, &ranks.subjects, most, |members| subjects_box(model, members));
        let roles = picture.show(&fold.roles, &ranks.roles, most, |members| roles_box(model, members));
        let rights = picture.show(&fold.rights, &ranks.rights, most, |members| rights_box(model, members));
        picture.add_hops(model, snapshot, &fold, [&subjects, &roles, &rights]);
        if model.made_at_start > 0 {
            picture.left_out.push(format!(
                "{} as an API server makes when it starts (--defaults)",
                count(model.made_at_start, "binding", "bindings")
            ));
        }
        picture
    }

    fn show(
        &mut self,
        classes: &Classes,
        ranks: &[Rank],
        most: usize,
        draw: impl Fn(&[usize]) -> Box,
    ) -> Shown {
        let mut order: Vec<usize> = (0..classes.members.len()).collect();
        order.sort_by_key(|class| (ranks.get(*class), *class));
        let (shown, rest) = order.split_at(order.len().min(most));
        let mut of = BTreeMap::new();
        let mut column = Column::Subjects;
        for class in shown {
            let members = classes.members.get(*class).map(Vec::as_slice).unwrap_or_default();
            let drawn = draw(members);
            column = drawn.column;
            of.insert(*class, self.boxes.len());
            self.boxes.push(drawn);
        }
        let left = rest.iter().filter_map(|class| classes.members.get(*class));
        let left: Vec<usize> = left.flatten().copied().collect();
        let more = (!left.is_empty()).then(|| {
            let members = draw(&left).members;
            let title = format!("{} more {}", members.len(), column.word());
            let lines = vec![format!("of {} sorts, which do not fit", rest.len())];
            self.left_out.push(format!("{title} of {} sorts, which do not fit (--most)", rest.len()));
            self.boxes.push(Box { column, title, lines, tone: Tone::More, members });
            self.boxes.len() - 1
        });
        Shown { of, more }
    }

    fn add_hops(&mut self, model: &Model<'_>, snapshot: &Snapshot, fold: &Fold, shown: [&Shown; 3]) {
        let [subjects, roles, rights] = shown;
        let mut gives: Bundles<Give<'_>> = BTreeMap::new();
        for ((subject, role), give) in &model.gives {
            let from = subjects.of(fold.subjects.of(*subject));
            if let (Some(from), Some(to)) = (from, roles.of(fold.roles.of(*role))) {
                gives.entry((from, to)).or_insert((0, (*subject, *role), *give)).0 += 1;
            }
        }
        let mut allows: Bundles<RuleAt<'_>> = BTreeMap::new();
        for ((role, right), rule) in &model.allows {
            let from = roles.of(fold.roles.of(*role));
            if let (Some(from), Some(to)) = (from, rights.of(fold.rights.of(*right))) {
                allows.entry((from, to)).or_insert((0, (*role, *right), *rule)).0 += 1;
            }
        }
        let field = |name: &'static str, index: usize| Path::root().field(name).index(index);
        let mut fields: Vec<(&Object, Path)> = Vec::new();
        fields.extend(gives.values().map(|(_, _, give)| (give.binding, field("subjects", give.subject))));
        fields.extend(allows.values().map(|(_, _, rule)| (rule.role, field("rules", rule.index))));
        let mut found = fields.iter().zip(places(snapshot, &fields));
        let mut place = || {
            let part =
                found.next().map(|((_, field), at)| Part { name: String::new(), field: field.clone(), at });
            part.map(|part| part.place()).unwrap_or_default()
        };
        for ((from, to), (count, (subject, role), give)) in gives {
            let (subject, role) = (model.subjects.get(subject), model.roles.get(role));
            let sentence = format!(
                "{} has {} by {}",
                subject.map(ToString::to_string).unwrap_or_default(),
                role.map(|role| role.name.as_str()).unwrap_or_default(),
                name(snapshot, give.binding)
            );
            self.hops.push(Hop { from, to, count, sentence, place: place() });
        }
        for ((from, to), (count, (role, right), rule)) in allows {
            let (role, right) = (model.roles.get(role), model.rights.get(right));
            let sentence = format!(
                "{} allows {}, and so to {}",
                role.map(|role| role.name.as_str()).unwrap_or_default(),
                Words(rule.rule),
                right.map(Right::words).unwrap_or_default()
            );
            self.hops.push(Hop { from, to, count, sentence, place: place() });
        }
    }
}

/// What comes first: powers, by how much they amount to; then what there is most of.
type Rank = (usize, std::cmp::Reverse<usize>);

struct Ranks {
    subjects: Vec<Rank>,
    roles: Vec<Rank>,
    rights: Vec<Rank>,
}

impl Ranks {
    fn of(model: &Model<'_>, fold: &Fold) -> Self {
        let own = |right: usize| match model.rights.get(right) {
            Some(Right::Power(rank)) => *rank,
            Some(Right::Other { .. }) | None => usize::MAX,
        };
        let least = |members: &[usize], of: &dyn Fn(usize) -> usize| {
            members.iter().map(|member| of(*member)).min().unwrap_or(usize::MAX)
        };
        let mut of_role = vec![usize::MAX; model.roles.len()];
        let mut held: Vec<usize> = vec![0; model.rights.len()];
        for (role, right) in model.allows.keys() {
            // Everywhere comes before in one namespace.
            let is_local = model.roles.get(*role).is_some_and(|held| held.namespace.is_some());
            if let Some(rank) = of_role.get_mut(*role) {
                *rank = own(*right).saturating_mul(2).saturating_add(usize::from(is_local)).min(*rank);
            }
            if let Some(held) = held.get_mut(*right) {
                *held += 1;
            }
        }
        let mut of_subject = vec![usize::MAX; model.subjects.len()];
        for (subject, role) in model.gives.keys() {
            if let (Some(rank), Some(of_role)) = (of_subject.get_mut(*subject), of_role.get(*role)) {
                *rank = (*rank).min(*of_role);
            }
        }
        let get = |ranks: &[usize], thing: usize| ranks.get(thing).copied().unwrap_or(usize::MAX);
        let ranks = |classes: &Classes, of: &dyn Fn(usize) -> usize, size: &dyn Fn(&[usize]) -> usize| {
            let rank = |members: &Vec<usize>| (least(members, of), std::cmp::Reverse(size(members)));
            classes.members.iter().map(rank).collect()
        };
        let how_many = |members: &[usize]| members.len();
        Self {
            subjects: ranks(&fold.subjects, &|subject| get(&of_subject, subject), &how_many),
            roles: ranks(&fold.roles, &|role| get(&of_role, role), &how_many),
            rights: ranks(&fold.rights, &own, &|members| {
                members.iter().map(|right| get(&held, *right)).max().unwrap_or_default()
            }),
        }
    }
}

fn subjects_box(model: &Model<'_>, members: &[usize]) -> Box {
    let of: Vec<&Subject> = members.iter().filter_map(|subject| model.subjects.get(*subject)).collect();
    let all = sorted(of.iter().map(ToString::to_string));
    let kind = match of.first() {
        Some(Subject::Group(_)) => "Groups",
        Some(Subject::ServiceAccount(..)) => "ServiceAccounts",
        Some(Subject::User(_)) | None => "Users",
    };
    let namespaces: BTreeSet<&str> = of
        .iter()
        .filter_map(|subject| match subject {
            Subject::ServiceAccount(namespace, _) => Some(namespace.as_str()),
            Subject::Group(_) | Subject::User(_) => None,
        })
        .collect();
    let mut lines = Vec::new();
    let title = match all.as_slice() {
        [one] => {
            let (kind, name) = parted(one);
            lines.push(kind.to_owned());
            name.to_owned()
        }
        _ => {
            lines.push(few(all.iter().map(|name| parted(name).1)));
            lines.extend((namespaces.len() > 1).then(|| format!("in {} namespaces", namespaces.len())));
            format!("{} {kind}", all.len())
        }
    };
    Box { column: Column::Subjects, title, lines, tone: Tone::Plain, members: all }
}

fn roles_box(model: &Model<'_>, members: &[usize]) -> Box {
    let of: Vec<_> = members.iter().filter_map(|role| model.roles.get(*role)).collect();
    let namespaces: BTreeSet<&str> = of.iter().filter_map(|held| held.namespace.as_deref()).collect();
    let names = sorted(of.iter().map(|held| held.name.clone()).collect::<BTreeSet<_>>().into_iter());
    let place = match namespaces.iter().next() {
        None => "everywhere".to_owned(),
        Some(one) if namespaces.len() == 1 => format!("in {one}"),
        Some(_) => format!("each in one of {} namespaces", namespaces.len()),
    };
    let mut lines = Vec::new();
    let title = match names.as_slice() {
        [one] => {
            let (kind, name) = parted(one);
            lines.push(format!("{kind}, {place}"));
            name.to_owned()
        }
        _ => {
            lines.extend([few(names.iter().map(|name| parted(name).1)), place]);
            format!("{} roles", names.len())
        }
    };
    let is_unknown = of.iter().all(|held| held.role.is_none());
    if is_unknown {
        lines.push("not among what was read".to_owned());
    }
    let tone = if is_unknown { Tone::Unknown } else { Tone::Plain };
    let members = sorted(of.iter().map(|held| match &held.namespace {
        Some(namespace) => format!("{} in {namespace}", held.name),
        None => held.name.clone(),
    }));
    Box { column: Column::Roles, title, lines, tone, members }
}

fn rights_box(model: &Model<'_>, members: &[usize]) -> Box {
    let mut of: Vec<&Right> = members.iter().filter_map(|right| model.rights.get(*right)).collect();
    of.sort();
    let is_power = of.iter().all(|right| matches!(right, Right::Power(_)));
    let mut title = of.first().map(|right| right.words()).unwrap_or_default();
    let mut lines = Vec::new();
    if is_power {
        lines.extend(of.iter().skip(1).take(NAMED).map(|right| right.words()));
        lines.extend((of.len() > NAMED + 1).then(|| format!("and {} more", of.len() - NAMED - 1)));
    } else {
        // `read configmaps, pods and 5 more`, with a line for each verb.
        let mut by_verb: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for right in &of {
            if let Right::Other { does, what } = right {
                by_verb.entry(does).or_default().push(what);
            }
        }
        let mut told = by_verb.iter().map(|(does, what)| format!("{does} {}", few(what.iter().copied())));
        title = told.next().unwrap_or_default();
        lines.extend(told.by_ref().take(NAMED));
        lines.extend((told.next().is_some()).then(|| "and more".to_owned()));
    }
    let tone = if is_power { Tone::Power } else { Tone::Plain };
    let members = of.iter().map(|right| right.words()).collect();
    Box { column: Column::Rights, title, lines, tone, members }
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// Kind and name.
fn parted(called: &str) -> (&str, &str) {
    called.split_once(' ').unwrap_or(("", called))
}

/// The first of some names, as many as fit a line, and how many more there are.
fn few<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.collect();
    let mut width = 0;
    let fits = |name: &&&str| {
        width += name.width() + 2;
        width <= FITS
    };
    let told = names.iter().take(NAMED).take_while(fits).count().max(1);
    let more = names.len().saturating_sub(told);
    let told = names.iter().take(told).copied().collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{told} and {more} more") } else { told }
}
