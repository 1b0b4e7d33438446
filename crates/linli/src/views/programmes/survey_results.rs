//! What a survey found, with how many were asked and how many said it.

use std::collections::BTreeMap;

use super::{Programmes, count};
use crate::domain::SurveyId;
use crate::domain::programmes::{Answer, Survey};
use crate::views::Rate;

/// The results of a survey.
#[derive(Clone, Copy, Debug)]
pub struct SurveyResults<'a>(&'a Survey);

impl Programmes {
    /// The results of a survey, if it was opened.
    #[must_use]
    pub fn survey_results(&self, survey_id: &SurveyId) -> Option<SurveyResults<'_>> {
        let survey = self.0.surveys.get(survey_id).filter(|survey| survey.unit.is_some());
        survey.map(SurveyResults)
    }

    /// The surveys that were opened.
    pub fn surveys(&self) -> impl Iterator<Item = (&SurveyId, SurveyResults<'_>)> {
        let opened = self.0.surveys.iter().filter(|(_, survey)| survey.unit.is_some());
        opened.map(|(survey_id, survey)| (survey_id, SurveyResults(survey)))
    }
}

impl<'a> SurveyResults<'a> {
    /// Who answered, of those who were asked.
    #[must_use]
    pub fn responded(self) -> Rate {
        Rate { counted_n: count(self.0.answers.len()), of_n: self.0.invited_n.into() }
    }

    /// Who answered this question, of those who answered any.
    #[must_use]
    pub fn answered(self, question: &str) -> Rate {
        let counted_n = count(self.answers(question).count());
        Rate { counted_n, of_n: count(self.0.answers.len()) }
    }

    /// The numbers that were answered, from the least.
    #[must_use]
    pub fn numbers(self, question: &str) -> Vec<i64> {
        let numbers = self.answers(question).filter_map(|answer| match answer {
            Answer::Number(number) => Some(*number),
            Answer::Word(_) => None,
        });
        let mut numbers: Vec<i64> = numbers.collect();
        numbers.sort_unstable();
        numbers
    }

    /// How often each word was answered.
    #[must_use]
    pub fn words(self, question: &str) -> BTreeMap<&'a str, u64> {
        let mut counts = BTreeMap::new();
        for answer in self.answers(question) {
            if let Answer::Word(word) = answer {
                let counted: &mut u64 = counts.entry(word.as_str()).or_default();
                *counted = counted.saturating_add(1);
            }
        }
        counts
    }

    fn answers(self, question: &str) -> impl Iterator<Item = &'a Answer> {
        self.0.answers.values().filter_map(move |answers| answers.get(question))
    }
}
