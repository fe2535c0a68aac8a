package tagging

import (
	"fmt"
	"math"
	"slices"
)

// Fuse combines what several taggers say about one picture, all being relied on alike; [Fusion] does the same by the
// [Reliability] of each.
//
// Affect is a linear opinion pool, for each axis by itself: the mean of the estimates, weighted by what each knows beyond
// photographs in general and by what its tagger is worth,
//
//	wᵢ = max(0, 1/sᵢ² − 1/u²) · rᵢ² / (1 − rᵢ²),  u = UnknownSpread, rᵢ the tagger's reliability in that axis,
//
// so that neither a wide estimate nor a poor tagger can drag a sure and good one. The second factor is the information of a
// measurement that correlates with r. The variance is the mean of the variances plus that between the estimates: taggers
// that see the same pixels are not independent, so agreement does not narrow the spread, and disagreement widens it;
// [Tags.Disagreement] tells it apart. The spread is one for both axes, the root of the mean of their variances: an axis that
// nobody knows anything about, whose taggers all have a reliability of 0 in it, stays neutral and brings the variance u².
//
// Lists are merged by concept with the largest confidence and all evidence, concept vectors by the largest weight. Beside a
// more reliable tagger, a tagger's confidences are scaled by the ratio of the two. Of captions the first is kept. Eras:
// see [fuseEra]. Moods are completed with the words of the fused affect. Care is what the taggers say of it and what
// [RecogniseCare] reads off the concepts that each of them saw; what is only suggested is in the vector, but asks for no care.
func Fuse(answers ...Tags) Tags {
	list := make([]answer, len(answers))
	for i, t := range answers {
		list[i] = answer{name: "concepts", tags: t, rely: evenly}
	}
	return fuse(list)
}

// answer is what one tagger says and how far it can be relied on.
type answer struct {
	name string
	tags Tags
	rely Reliability
}

func fuse(answers []answer) Tags {
	var best Reliability
	for _, a := range answers {
		best.Objects, best.Scenes = max(best.Objects, a.objects()), max(best.Scenes, a.scenes())
	}
	var fused Tags
	var weights []ConceptWeight
	for _, a := range answers {
		t := a.tags
		objects, scenes := ratio(a.rely.Objects, best.Objects), ratio(a.rely.Scenes, best.Scenes)
		fused.Moods = mergeTags(fused.Moods, t.Moods, scenes)
		fused.Objects = mergeTags(fused.Objects, t.Objects, objects)
		fused.Scenes = mergeTags(fused.Scenes, t.Scenes, scenes)
		fused.Degraded = append(fused.Degraded, t.Degraded...)
		fused.Care = append(fused.Care, t.Care...)
		fused.Care = append(fused.Care, RecogniseCare(a.name, t.Concepts)...)
		for _, w := range slices.Concat(t.Concepts, t.Suggested) {
			w.Weight *= scaleOf(w.Concept, objects, scenes)
			weights = append(weights, w)
		}
		if len(fused.Colours) == 0 {
			fused.Colours = slices.Clone(t.Colours)
		}
		if fused.Caption == "" {
			fused.Caption = t.Caption
		}
	}
	fused.Care = mergeCare(fused.Care)
	fused.Era = fuseEra(answers)
	fused.Affect, fused.Disagreement, fused.AffectEvidence = poolAffect(answers)
	if fused.Affect.Known {
		for _, mood := range nearestMoods(fused.Affect) {
			fused.Moods = mergeTags(fused.Moods, []Tag{mood}, 1)
			weights = append(weights, ConceptWeight{Concept: mood.Concept, Weight: moodShare * mood.Confidence})
		}
	}
	for _, list := range []*[]Tag{&fused.Moods, &fused.Objects, &fused.Scenes} {
		sortTags(*list)
		*list = firstOf(*list, MaxTags)
	}
	fused.Concepts = DefaultVocabulary().Expand(NewConceptVector(weights...))
	return fused
}

// moodShare is how much a mood word counts in the concept vector beside what is seen: the affect part of the score has
// it already.
const moodShare = 0.5

// objects is the reliability of the objects that a names, 0 if it names none; scenes likewise.
func (a answer) objects() float64 {
	if len(a.tags.Objects) == 0 {
		return 0
	}
	return a.rely.Objects
}

func (a answer) scenes() float64 {
	if len(a.tags.Scenes) == 0 && len(a.tags.Moods) == 0 {
		return 0
	}
	return a.rely.Scenes
}

// ratio is own / best, at most 1; and 1 where nobody is better.
func ratio(own, best float64) float64 {
	if best <= own {
		return 1
	}
	return own / best
}

// scaleOf is the factor for a concept of the vector: that of scenes for places, moods and themes, else that of objects.
func scaleOf(concept string, objects, scenes float64) float64 {
	if c, ok := DefaultVocabulary().Lookup(concept); ok && (c.Kind.Place() || c.Kind.Mood() || c.Kind == KindTheme) {
		return scenes
	}
	return objects
}

// mergeTags adds more to into, scaling their confidences. Who is not relied on at all adds nothing.
func mergeTags(into, more []Tag, scale float64) []Tag {
	if scale == 0 {
		return into
	}
	for _, t := range more {
		t.Confidence *= scale
		key := func(o Tag) bool { return o.Concept == t.Concept && (t.Concept != "" || o.Name == t.Name) }
		i := slices.IndexFunc(into, key)
		if i < 0 {
			t.Evidence = slices.Clone(t.Evidence)
			into = append(into, t)
			continue
		}
		into[i].Confidence = max(into[i].Confidence, t.Confidence)
		into[i].Evidence = firstOf(append(into[i].Evidence, t.Evidence...), MaxEvidence)
	}
	return into
}

// firstOf is the first n items, or all.
func firstOf[T any](list []T, n int) []T { return list[:min(n, len(list))] }

// moodReach is the distance on the affect plane at which a mood word is half as fitting as at its own place.
const moodReach = 0.3

// nearestMoods names the moods of the vocabulary that lie nearest to an affect. An unsure affect gives unsure moods.
func nearestMoods(e Estimate) []Tag {
	var tags []Tag
	sure := 1 / (1 + e.Spread*e.Spread/(moodReach*moodReach))
	for _, c := range DefaultVocabulary().Concepts() {
		if c.Kind != KindMood {
			continue
		}
		d := c.Affect.Distance(e.Affect)
		tags = append(tags, Tag{
			Concept: c.ID, Name: c.Name(), Confidence: sure * math.Exp2(-d*d/(moodReach*moodReach)),
			Evidence: []Evidence{{Tagger: "affect", Detail: fmt.Sprintf("valence %+.2f, arousal %+.2f", e.Valence, e.Arousal), Weight: 1}},
		})
	}
	sortTags(tags)
	return firstOf(tags, 3)
}
