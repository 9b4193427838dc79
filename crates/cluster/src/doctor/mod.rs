//! What a scan of a cluster would meet: questions, each with an answer and what to do about it.

mod clock;
mod discovered;
mod distribution;
mod identity;
mod kubelets;
mod nodes;
mod reach;
mod rights;
mod version;

use std::sync::atomic::AtomicBool;

use seawall_inventory::KubernetesVersion;

use crate::client::{Asker, Reader};
use crate::discovery;
use crate::error::ClusterError;
use crate::failure::Failure;
use crate::problem::{help, said};
use crate::read::{connect, finish, unusable, wanted};
use crate::stop::Stop;
use crate::target::Target;
use distribution::Facts;
use version::Version;

/// What is asked of a cluster, in the order in which it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// Whether the API server answers.
    Reachability,
    /// As whom it takes who asks.
    Identity,
    /// Whether it says what it serves.
    Discovery,
    /// Whether what the checks read may be read.
    Permissions,
    /// Whether Seawall knows its version.
    Version,
    /// Whether the kubelets are of versions that go with it.
    Kubelets,
    /// Whether its clock is that of who asks.
    Clock,
    /// Which distribution it is of, and what cannot be seen there.
    Distribution,
}

/// How an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// As it should be.
    Ok,
    /// A scan works, but somebody should look at it.
    Warning,
    /// A scan is incomplete, or impossible.
    Failed,
    /// It could not be found out.
    Unknown,
}

/// A question with its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What was asked.
    pub question: Question,
    /// How it is.
    pub state: State,
    /// A sentence.
    pub message: String,
    /// What to do; empty when there is nothing.
    pub help: String,
    /// What the sentence is about, one by one.
    pub details: Vec<Detail>,
}

/// One of those that an answer is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The name of who asks.
    User(String),
    /// A group of who asks.
    Group(String),
    /// What who asks may not do.
    Refused {
        /// `list`, `watch` or `get`.
        verb: &'static str,
        /// `deployments.apps`
        resource: String,
        /// In this namespace; `None` for all.
        namespace: Option<String>,
    },
    /// A kubelet of a version that does not go with that of the API server.
    Kubelet {
        /// Its node.
        node: String,
        /// Its version.
        version: String,
    },
    /// What cannot be seen of a cluster of this distribution.
    Unseen(&'static str),
}

/// What a scan is to be like.
#[derive(Clone, Copy, Debug)]
pub struct Intent {
    /// The cluster is to be watched, too.
    pub watch: bool,
    /// The version that checks judge by.
    pub judged_by: KubernetesVersion,
}

/// All questions with their answers.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// What people call the cluster.
    pub cluster: String,
    /// Where it is asked: `https://10.0.0.1:6443`.
    pub server: String,
    /// By [`Question`].
    pub answers: Vec<Answer>,
}

impl Question {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 8] = [
        Self::Reachability,
        Self::Identity,
        Self::Discovery,
        Self::Permissions,
        Self::Version,
        Self::Kubelets,
        Self::Clock,
        Self::Distribution,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reachability => "reachability",
            Self::Identity => "identity",
            Self::Discovery => "discovery",
            Self::Permissions => "permissions",
            Self::Version => "version",
            Self::Kubelets => "kubelets",
            Self::Clock => "clock",
            Self::Distribution => "distribution",
        }
    }

    /// Whether a scan may be incomplete as long as there is no answer.
    const fn matters(self) -> bool {
        matches!(self, Self::Reachability | Self::Discovery | Self::Permissions)
    }
}

impl State {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

impl Diagnosis {
    /// Whether a scan of the cluster will be complete, as far as can be said before.
    pub fn is_well(&self) -> bool {
        self.answers.iter().all(|answer| match answer.state {
            State::Ok | State::Warning => true,
            State::Failed => false,
            State::Unknown => !answer.question.matters(),
        })
    }
}

impl Answer {
    fn new(question: Question, state: State, message: impl Into<String>) -> Self {
        Self { question, state, message: message.into(), help: String::new(), details: Vec::new() }
    }

    /// What has no answer, and why.
    fn unknown(question: Question, failure: &Failure) -> Self {
        Self::new(question, State::Unknown, said(failure)).with_help(help(failure))
    }

    fn with_help(self, help: impl Into<String>) -> Self {
        Self { help: help.into(), ..self }
    }

    fn with_details(self, details: Vec<Detail>) -> Self {
        Self { details, ..self }
    }
}

/// Asks a cluster what a scan of it needs. Whatever goes wrong is an answer.
///
/// Asked is by GET, and by reviews of who asks, which change nothing.
///
/// # Errors
/// There is no configuration of the client, or it is wrong; a namespace has a name that none can have.
pub fn examine(target: &Target, intent: Intent, cancel: &AtomicBool) -> Result<Diagnosis, ClusterError> {
    target.scope.check()?;
    finish(async {
        let stop = Stop::new(cancel, target.patience.whole);
        let (config, cluster) = target.config().await?;
        let server = reach::server(&config.cluster_url);
        let host = config.cluster_url.host().unwrap_or_default().to_owned();
        let mut answers = match stop.or(connect(config, target)).await {
            Ok(reader) => {
                let reader = reader.map_err(|error| unusable(&cluster, error))?;
                let examination = Examination {
                    target,
                    intent,
                    stop,
                    asker: Asker::of(&reader),
                    reader,
                    cluster: &cluster,
                    server: &server,
                    host,
                };
                examination.answers().await
            }
            Err(failure) => vec![reach::judged(&cluster, &server, Some(&failure))],
        };
        complete(&mut answers);
        Ok(Diagnosis { cluster, server, answers })
    })
}

/// Adds what was not asked, because of the first that failed, and puts all in order.
fn complete(answers: &mut Vec<Answer>) {
    let why = match answers.first() {
        Some(reached) if reached.state == State::Ok => "the API server does not accept the credentials",
        _ => "the API server was not reached",
    };
    for question in Question::ALL {
        if answers.iter().all(|answer| answer.question != question) {
            answers.push(Answer::new(question, State::Unknown, why));
        }
    }
    answers.sort_by_key(|answer| answer.question);
}

struct Examination<'e> {
    target: &'e Target,
    intent: Intent,
    stop: Stop<'e>,
    reader: Reader,
    asker: Asker,
    cluster: &'e str,
    server: &'e str,
    host: String,
}

impl Examination<'_> {
    /// What can be answered; the first is about reachability.
    async fn answers(&self) -> Vec<Answer> {
        let version = self.stop.or(version::ask(&self.reader)).await;
        let reached = reach::judged(self.cluster, self.server, version.as_ref().err());
        if reached.state != State::Ok {
            return vec![reached];
        }
        // Over the connection that there is now: how long it takes to come about would blur what is measured.
        let time = self.stop.or(self.reader.time(version::PATH)).await;
        let mut answers = vec![reached, clock::judged(time)];
        match version {
            Err(failure) if failure.code() == Some(401) => answers.push(identity::judged(&Err(failure))),
            version => answers.extend(self.of_who_is_known(version).await),
        }
        answers
    }

    async fn of_who_is_known(&self, version: Result<Version, Failure>) -> Vec<Answer> {
        let Self { target, stop, reader, asker, .. } = self;
        let scope = &target.scope;
        let who = stop.or(asker.who()).await;
        let served = stop.or(discovery::served(reader, scope)).await;
        let permissions = match &served {
            Ok(served) => {
                let wanted = wanted(self.cluster, served.resources.clone(), scope);
                rights::answer(asker, stop, &wanted, self.intent.watch, scope, who.as_ref().ok()).await
            }
            Err(_) => Answer::new(
                Question::Permissions,
                State::Unknown,
                "what there is to read is not known, as the API server does not say what it serves",
            ),
        };
        let nodes = nodes::read(reader, asker, stop, scope).await;
        let groups = served.as_ref().map(|served| served.groups.clone()).unwrap_or_default();
        let facts = Facts {
            host: &self.host,
            version: version.as_ref().map(|version| &*version.git_version).unwrap_or_default(),
            groups: &groups,
            nodes: nodes.as_deref().unwrap_or_default(),
        };
        vec![
            identity::judged(&who),
            discovered::judged(self.cluster, &served),
            permissions,
            distribution::judged(&facts, nodes.as_ref().err()),
            kubelets::judged(version.as_ref().ok(), &nodes),
            version::judged(&version, self.intent.judged_by),
        ]
    }
}
