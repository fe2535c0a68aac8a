package evaluate

import (
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/soundtrack-go/sdk/match"
	"github.com/soundtrack-go/sdk/tagging"
)

// CareReport says how well photographs are recognised that call for care, by taggers that have not seen their themes and by
// the limits of [match.CareUsual].
type CareReport struct {
	// AnyTopic and Heavy are about the photographs that people rate below [Sad]: those with any topic at all, and those that are
	// taken for heavy, by a topic or by their mood.
	AnyTopic Recognition `json:"any_topic"`
	Heavy    Recognition `json:"heavy"`
	// Topics are about the themes that show a topic, in the order of [tagging.CareTopics].
	Topics []TopicRecognition `json:"topics"`
}

// TopicRecognition is the recognition of one topic.
type TopicRecognition struct {
	Topic tagging.CareTopic `json:"topic"`
	Recognition
}

// Recognition compares what is said of photographs with what is so. The controls are what the shares would be on average if
// what is said were given to another photograph.
type Recognition struct {
	// Of is the number of photographs of which it is so, Others that of those of which it is not. Where one may think so and
	// another not, a photograph counts as neither.
	Of     int `json:"of"`
	Others int `json:"others"`
	// Recall is the share of the former of which it is said, FalseAlarms that of the latter.
	Recall      Controlled `json:"recall"`
	FalseAlarms Controlled `json:"false_alarms"`
	// Missed and Mistaken name the photographs, by their paths.
	Missed   []string `json:"missed,omitempty"`
	Mistaken []string `json:"mistaken,omitempty"`
}

// careThemes says which themes of OASIS show a topic of care. It was written by looking at the photographs of every theme
// whose name suggests any, by what they show and not by how they are rated or tagged. shows lists a theme of which most
// photographs show the topic to anybody who looks: Soldiers are armed or in the field in five of nine, and on parade in the
// others. unclear lists those of which some do, or of which one may think so and another not.
var careThemes = []struct {
	topic          tagging.CareTopic
	shows, unclear []string
}{
	{
		tagging.CareGrief, []string{"Memorial", "Miserable pose", "Sad face", "Sad pose"},
		[]string{"Frustrated pose", "Hangover", "Scared face"},
	},
	{
		tagging.CareViolence, []string{"Explosion", "Soldiers"},
		[]string{"Angry face", "Destruction", "Intensity", "Jail", "Knife", "Scary face"},
	},
	{tagging.CareMedical, []string{"Ambulance", "Shot"}, []string{"Car accident", "Fireman", "Hangover"}},
	{
		tagging.CareDisaster, []string{"Car accident", "Destruction", "Explosion", "Fireman", "Tornado"},
		[]string{"Ambulance", "Garbage dump", "Lava", "Pollution", "Thunderstorm"},
	},
}

// recogniseCare compares the care that tags ask for, one for each photograph, with ratings and themes.
func recogniseCare(photographs []Photograph, tags []tagging.Tags) CareReport {
	cares := make([]match.Care, len(tags))
	for i, t := range tags {
		cares[i] = match.PictureCare(t, match.CareUsual)
	}
	recognition := func(said func(match.Care) bool, so func(Photograph) truth) Recognition {
		var c recognitionCount
		for i, p := range photographs {
			c.add(p.Picture, said(cares[i]), so(p))
		}
		return c.recognition()
	}
	sad := func(p Photograph) truth { return truthOf(4+3*p.Norm.Valence < Sad) }
	report := CareReport{
		AnyTopic: recognition(func(c match.Care) bool { return len(c.Topics) > 0 }, sad),
		Heavy:    recognition(func(c match.Care) bool { return c.Heavy }, sad),
	}
	for _, t := range careThemes {
		report.Topics = append(report.Topics, TopicRecognition{t.topic, recognition(
			func(c match.Care) bool {
				return slices.ContainsFunc(c.Topics, func(one tagging.Care) bool { return one.Topic == t.topic })
			},
			func(p Photograph) truth {
				if slices.Contains(t.unclear, p.Theme) {
					return unclear
				}
				return truthOf(slices.Contains(t.shows, p.Theme))
			},
		)})
	}
	return report
}

// truth says whether something is so.
type truth int

const (
	unclear truth = iota
	isSo
	isNot
)

func truthOf(so bool) truth {
	if so {
		return isSo
	}
	return isNot
}

// recognitionCount counts towards a [Recognition].
type recognitionCount struct {
	Recognition
	found, mistaken int
}

func (c *recognitionCount) add(picture string, said bool, so truth) {
	switch so {
	case isSo:
		c.Of++
		c.found += one(said)
		if !said {
			c.Missed = append(c.Missed, picture)
		}
	case isNot:
		c.Others++
		c.mistaken += one(said)
		if said {
			c.Mistaken = append(c.Mistaken, picture)
		}
	}
}

// recognition finishes the count. Over all other photographs, n − 1 of n, what is said S times in all is said of another one
// S/(n−1) times where it is not said of this one, and (S−1)/(n−1) times where it is.
func (c *recognitionCount) recognition() Recognition {
	r, n := c.Recognition, c.Of+c.Others
	control := func(here, of int) float64 {
		return share((c.found+c.mistaken)*of-here, of*(n-1))
	}
	r.Recall = Controlled{Share: share(c.found, c.Of), Control: control(c.found, c.Of)}
	r.FalseAlarms = Controlled{Share: share(c.mistaken, c.Others), Control: control(c.mistaken, c.Others)}
	return r
}

func (r CareReport) write(w io.Writer) error {
	fmt.Fprintf(w, "\nCare: photographs that call for it. Control: what is said of other photographs. Themes of which only some would say\n"+
		"that they show a topic count neither way. The limits of care were chosen on these same photographs.\n")
	t := newTable(w)
	fmt.Fprintln(t, "\tPHOTOGRAPHS\tRECALL\tCONTROL\tFALSE ALARMS\tCONTROL\tOF")
	row := func(name string, r Recognition) {
		fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%s\t%s\t%d\n", name, r.Of, percent(r.Recall.Share), percent(r.Recall.Control),
			percent(r.FalseAlarms.Share), percent(r.FalseAlarms.Control), r.Others)
	}
	row(fmt.Sprintf("rated below %g: any topic", Sad), r.AnyTopic)
	row(fmt.Sprintf("rated below %g: heavy, by topic or mood", Sad), r.Heavy)
	for _, topic := range r.Topics {
		row("shows "+string(topic.Topic), topic.Recognition)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, topic := range r.Topics {
		for _, list := range []struct {
			what     string
			pictures []string
		}{{"missed", topic.Missed}, {"false", topic.Mistaken}} {
			if len(list.pictures) > 0 {
				fmt.Fprintf(w, "%s, %s: %s\n", topic.Topic, list.what, pictureNames(list.pictures))
			}
		}
	}
	return nil
}

// mostNames is how many photographs a line of a table names.
const mostNames = 12

// pictureNames are the names of photographs without folder and ending; of many, the first.
func pictureNames(pictures []string) string {
	var names []string
	for _, p := range pictures[:min(mostNames, len(pictures))] {
		name := path.Base(p)
		names = append(names, strings.TrimSuffix(name, path.Ext(name)))
	}
	if rest := len(pictures) - len(names); rest > 0 {
		names = append(names, fmt.Sprintf("and %d more", rest))
	}
	return strings.Join(names, ", ")
}
