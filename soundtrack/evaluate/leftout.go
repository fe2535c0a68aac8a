package evaluate

import (
	"bytes"
	"context"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/soundtrack-go/sdk/internal/probe"
	"github.com/soundtrack-go/sdk/internal/scenefit"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/tagging/headfit"
	"github.com/soundtrack-go/sdk/vision"
)

// probeFolds is the number of folds in which probes are fitted again: fewer than for heads, since there are ninety probes.
const probeFolds = 10

// leftOut are taggers that have not seen the picture that they tag, nor any of its theme.
type leftOut struct {
	head   map[*vision.Observation]tagging.Tags
	scenes map[*vision.Observation]tagging.Tags
}

// perPicture is a tagger whose answers were prepared, because each needs a fit of its own.
type perPicture map[*vision.Observation]tagging.Tags

// Tag implements [tagging.Tagger].
func (p perPicture) Tag(ctx context.Context, o *vision.Observation) (tagging.Tags, error) {
	return p[o], ctx.Err()
}

// groupOf is what decides the fold of a picture: the theme, or the picture itself.
func (m *measuring) groupOf(picture string) string {
	if theme, ok := m.themes[picture]; ok {
		return theme
	}
	return picture
}

// leaveOutHeads fits heads on the teacher's ratings, each without a fold of themes, as the head that ships was fitted. An
// encoder that no head ships for gets settings of its own from a search.
func (m *measuring) leaveOutHeads(ctx context.Context) (map[*vision.Observation]tagging.Tags, *headfit.Result, error) {
	file, err := tagging.OwnLabels().Open("teacher.csv")
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = file.Close() }()
	ratings, err := headfit.ReadTeacher(file)
	if err != nil {
		return nil, nil, err
	}
	var examples []headfit.Example
	for _, r := range ratings {
		s, ok := m.seen[r.Picture]
		if !ok {
			return nil, nil, fmt.Errorf("%w: no picture %s, which the teacher rated", ErrData, r.Picture)
		}
		examples = append(examples, headfit.Example{Rating: r, Encoding: s.observation.Encoding})
	}
	source := headfit.Source{Name: "teacher.csv", Error: headfit.TeacherError}
	var result *headfit.Result
	if _, ships := tagging.DefaultAffectHead().Describe(examples[0].Encoding.Model); ships {
		result, err = headfit.Fit(ctx, examples, headfit.Compact(), 0, source)
	} else {
		result, err = headfit.Search(ctx, examples, source)
	}
	if err != nil {
		return nil, nil, err
	}
	tags := map[*vision.Observation]tagging.Tags{}
	for i, e := range examples {
		m.teacher[e.Picture] = e.Affect
		tags[m.seen[e.Picture].observation] = tagging.Tags{
			Affect:         result.LeftOut[i],
			AffectEvidence: []tagging.Evidence{{Tagger: tagging.HeadName, Detail: "left out", Weight: 1}},
		}
	}
	return tags, result, nil
}

// readAnnotations reads what is visible in the pictures.
func readAnnotations() ([]scenefit.Picture, error) {
	file, err := tagging.OwnLabels().Open("scenes_pictures.csv")
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return scenefit.ReadAnnotations(file)
}

// leaveOutScenes fits scene probes without each picture's fold of themes and tags the picture by them.
func (m *measuring) leaveOutScenes(ctx context.Context) (map[*vision.Observation]tagging.Tags, error) {
	pictures := make([]scenefit.Picture, len(m.annotations))
	for i, p := range m.annotations {
		p.Root = probe.Root(m.seen[p.Name].observation.Encoding.Embedding)
		pictures[i] = p
	}
	tags := map[*vision.Observation]tagging.Tags{}
	found := make([]map[*vision.Observation]tagging.Tags, probeFolds)
	folds, ctx := errgroup.WithContext(ctx)
	folds.SetLimit(runtime.GOMAXPROCS(0))
	for fold := range probeFolds {
		folds.Go(func() error {
			var rest []scenefit.Picture
			var test []*vision.Observation
			for _, p := range pictures {
				if headfit.FoldOf(m.groupOf(p.Name), probeFolds) == fold {
					test = append(test, m.seen[p.Name].observation)
				} else {
					rest = append(rest, p)
				}
			}
			var err error
			found[fold], err = tagByScenes(ctx, rest, test)
			return err
		})
	}
	if err := folds.Wait(); err != nil {
		return nil, err
	}
	for _, one := range found {
		for o, t := range one {
			tags[o] = t
		}
	}
	return tags, nil
}

// tagByScenes tags observations by probes that are fitted on pictures.
func tagByScenes(ctx context.Context, pictures []scenefit.Picture, test []*vision.Observation) (map[*vision.Observation]tagging.Tags, error) {
	tags := map[*vision.Observation]tagging.Tags{}
	if len(test) == 0 || ctx.Err() != nil {
		return tags, ctx.Err()
	}
	entries, _, err := scenefit.Scenes(pictures)
	if err != nil {
		return nil, err
	}
	model := test[0].Encoding.Model
	file := probe.File{Model: model.ID, Digest: model.Digest, Dim: len(pictures[0].Root), Pictures: len(pictures), Entries: entries}
	var description, weights bytes.Buffer
	if err := file.Write(&description, &weights); err != nil { // as it would ship, rounding and all
		return nil, err
	}
	tagger, err := tagging.NewSceneTagger(description.Bytes(), weights.Bytes())
	if err != nil {
		return nil, err
	}
	for _, o := range test {
		if tags[o], err = tagger.Tag(ctx, o); err != nil {
			return nil, err
		}
	}
	return tags, nil
}
