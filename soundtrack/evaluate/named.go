package evaluate

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/soundtrack-go/sdk/tagging"
)

// NamedReport says what is named of that which this project's own judge saw in all rated pictures: the columns concepts and
// scene of teacher.csv, see [tagging.OwnLabels]. Concepts that cannot be pointed at, such as moods, are not asked for.
// Controls give each picture the answers for another one, in two hundred random orders.
type NamedReport struct {
	Pictures int `json:"pictures"`
	// Things and Places are the concepts: what is in the pictures, and where and when they are. See [tagging.Kind.Place].
	Things NounsReport `json:"things"`
	Places NounsReport `json:"places"`
	// Scenes are the pictures that are somewhere, each with one scene; the others are portraits, close-ups and things on
	// plain ground. SceneNamed is the share of them whose scene is among the scenes of the answer, SceneFirst the share for
	// which it is the surest of these, SceneImplied the share for which it is in the concept vector.
	Scenes       int        `json:"scenes"`
	SceneNamed   Controlled `json:"scene_named"`
	SceneFirst   Controlled `json:"scene_first"`
	SceneImplied Controlled `json:"scene_implied"`
}

// looked is what the teacher saw in a picture.
type looked struct {
	picture  string
	concepts []string // of sights
	scene    string   // empty for none
}

// readLooked reads the concepts and scenes of teacher.csv.
func readLooked() ([]looked, error) {
	const name = "teacher.csv"
	rows, column, err := readTable(tagging.OwnLabels(), name, "picture", "scene", "concepts")
	if err != nil {
		return nil, err
	}
	pictures := make([]looked, len(rows))
	for i, row := range rows {
		p := looked{picture: row[column["picture"]]}
		if scene := row[column["scene"]]; scene != "none" {
			p.scene = scene
		}
		for _, id := range strings.Split(row[column["concepts"]], ";") {
			concept, ok := tagging.DefaultVocabulary().Lookup(id)
			if !ok {
				return nil, fmt.Errorf("%w: %s, line %d: no concept %q", ErrData, name, i+2, id)
			}
			if sight(concept.Kind) {
				p.concepts = append(p.concepts, id)
			}
		}
		pictures[i] = p
	}
	return pictures, nil
}

// named measures all rated pictures.
func (m *measuring) named(ctx context.Context) (NamedReport, error) {
	pictures, err := readLooked()
	if err != nil {
		return NamedReport{}, err
	}
	names := make([]string, len(pictures))
	for i, p := range pictures {
		if names[i] = p.picture; m.seen[p.picture] == nil {
			return NamedReport{}, fmt.Errorf("%w: no picture %s, in which the teacher saw something", ErrData, p.picture)
		}
	}
	fused, err := m.fusion(m.ships)
	if err != nil {
		return NamedReport{}, err
	}
	tags, err := m.tag(ctx, fused, names)
	if err != nil {
		return NamedReport{}, err
	}
	return countNamed(pictures, tags), nil
}

// countNamed compares what the teacher saw in pictures with their tags, and with those of others.
func countNamed(pictures []looked, tags []tagging.Tags) NamedReport {
	var counts namedCounts
	for i, p := range pictures {
		counts.add(p, tags[i], false)
	}
	forOthers(len(tags), func(picture, other int) { counts.add(pictures[picture], tags[other], true) })
	objects := counts.concepts.report()
	return NamedReport{
		Pictures: len(pictures), Things: objects.Things, Places: objects.Places, Scenes: counts.scene.all,
		SceneNamed: counts.scene.controlled(), SceneFirst: counts.first.controlled(), SceneImplied: counts.implied.controlled(),
	}
}

// namedCounts adds up over pictures.
type namedCounts struct {
	concepts              objectCounts
	scene, first, implied hits
}

func (c *namedCounts) add(p looked, tags tagging.Tags, control bool) {
	c.concepts.add(annotated{nouns: p.concepts}, tags, control)
	if p.scene == "" {
		return
	}
	at := slices.IndexFunc(tags.Scenes, func(t tagging.Tag) bool { return t.Concept == p.scene })
	c.scene.count(control, at >= 0)
	c.first.count(control, at == 0)
	c.implied.count(control, tags.Concepts.Weight(p.scene) > 0)
}

// write writes the report as a table for people.
func (n NamedReport) write(w io.Writer) error {
	fmt.Fprintf(w, "\nWhat our own judge saw in %d pictures, and what is said of them; control: the answers for other pictures.\n", n.Pictures)
	t := newTable(w)
	fmt.Fprintln(t, "\tSHARE\tCONTROL\tOF")
	row := func(name string, c Controlled, of int, what string) {
		fmt.Fprintf(t, "%s\t%s\t%s\t%d %s\n", name, percent(c.Share), percent(c.Control), of, what)
	}
	row("things, named", n.Things.Named, n.Things.Nouns, "concepts")
	row("things, named or implied", n.Things.Implied, n.Things.Nouns, "concepts")
	row("places, named", n.Places.Named, n.Places.Nouns, "concepts")
	row("places, named or implied", n.Places.Implied, n.Places.Nouns, "concepts")
	row("scene, named first", n.SceneFirst, n.Scenes, "pictures")
	row("scene, named", n.SceneNamed, n.Scenes, "pictures")
	row("scene, named or implied", n.SceneImplied, n.Scenes, "pictures")
	return t.Flush()
}
