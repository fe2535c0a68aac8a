package tagging

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// PictureLabels say what can be seen in one picture.
type PictureLabels struct {
	Picture string // path below the folder of pictures, with slashes
	Group   string // pictures of the same group, such as a theme, are never split between fit and test
	// Shows are the ids of the concepts that can be seen, by kind: an empty list where it is known that nothing of a kind can. A
	// kind that is not there was not looked for, and says nothing.
	Shows map[Kind][]string
}

// LabelsError says where a labels file is wrong. It matches [ErrCalibration].
type LabelsError struct {
	Line   int // from 1
	Reason string
}

func (e *LabelsError) Error() string {
	return fmt.Sprintf("tagging: labels, line %d: %s", e.Line, e.Reason)
}

// Is reports whether target is [ErrCalibration].
func (e *LabelsError) Is(target error) bool { return target == ErrCalibration }

// noneOf begins what says that a picture shows nothing of a kind: "no:animal".
const noneOf = "no:"

// ReadPictureLabels reads a CSV file with a header: picture, concepts and, optionally, group; other columns are ignored.
// Concepts are ids of v, separated by semicolons: of each kind that the picture is labelled for, everything that can be seen.
// "no:animal" says that no animal can. A kind of which neither is said is unlabelled: silence does not mean that there is
// none, for few people write down all kinds, and a fit that took it so would unlearn them. Without a group each picture is its
// own. Every error matches [ErrCalibration].
func ReadPictureLabels(r io.Reader, v *Vocabulary) ([]PictureLabels, error) {
	reader := csv.NewReader(r)
	header, err := reader.Read()
	if err != nil {
		return nil, fmt.Errorf("%w: labels: %w", ErrCalibration, err)
	}
	picture, concepts, group := slices.Index(header, "picture"), slices.Index(header, "concepts"), slices.Index(header, "group")
	if picture < 0 || concepts < 0 {
		return nil, &LabelsError{1, "want the columns picture, concepts and perhaps group; there are " + strings.Join(header, ", ")}
	}
	var all []PictureLabels
	seen := map[string]bool{}
	for {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%w: labels: %w", ErrCalibration, err)
		}
		line, _ := reader.FieldPos(0)
		one := PictureLabels{Picture: row[picture], Group: row[picture]}
		if group >= 0 && row[group] != "" {
			one.Group = row[group]
		}
		one.Shows, err = v.labels(row[concepts])
		switch {
		case one.Picture == "":
			err = errors.New("no picture")
		case seen[one.Picture]:
			err = fmt.Errorf("picture %q is there twice", one.Picture)
		}
		if err != nil {
			return nil, &LabelsError{line, err.Error()}
		}
		seen[one.Picture] = true
		all = append(all, one)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%w: labels: no rows", ErrCalibration)
	}
	return all, nil
}

// labels reads one cell.
func (v *Vocabulary) labels(cell string) (map[Kind][]string, error) {
	shows, none := map[Kind][]string{}, map[Kind]bool{}
	for label := range strings.SplitSeq(cell, ";") {
		label = strings.TrimSpace(label)
		if label == "" {
			continue
		}
		name, negative := strings.CutPrefix(label, noneOf)
		kind := Kind(name)
		if !negative {
			c, known := v.Lookup(name)
			if !known {
				return nil, v.unknownLabel(name)
			}
			kind = c.Kind
		}
		if _, known := kinds[kind]; !known || !kind.seen() {
			return nil, fmt.Errorf("%q: no picture is tagged by kind %q", label, kind)
		}
		if none[kind] = none[kind] || negative; !negative {
			shows[kind] = append(shows[kind], name)
		} else if shows[kind] == nil {
			shows[kind] = []string{}
		}
		if none[kind] && len(shows[kind]) > 0 {
			return nil, fmt.Errorf("%s%s, but there is %q", noneOf, kind, shows[kind][0])
		}
	}
	return shows, nil
}

// unknownLabel helps with a word that means a concept.
func (v *Vocabulary) unknownLabel(word string) error {
	if c, ok := v.Resolve(word); ok {
		return fmt.Errorf("%q is no id of a concept: write %q", word, c.ID)
	}
	return fmt.Errorf("%q is no id of a concept", word)
}
