package llm

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
)

// node is one part of the schema of a reply. The same tree is sent to the service, described to the model and used to
// check what comes back, so that the three cannot differ.
type node struct {
	kind      nodeKind
	about     string  // for the model
	fields    []field // of an object: all required, in this order, and no others
	items     *node   // of an array
	most      int     // items of an array, characters of a text
	low, high float64 // of a number or integer
	choices   []string
}

type field struct {
	name string
	node *node
}

type nodeKind string

const (
	object  nodeKind = "object"
	array   nodeKind = "array"
	number  nodeKind = "number"
	integer nodeKind = "integer"
	boolean nodeKind = "boolean"
	text    nodeKind = "string" // free text; see cleanText
	choice  nodeKind = "choice" // one of choices
)

// degree is a number from 0 to 1.
func degree(about string) *node { return &node{kind: number, high: 1, about: about} }

// axis is a number from -1 to 1.
func axis(about string) *node { return &node{kind: number, low: -1, high: 1, about: about} }

func oneOf(about string, choices ...string) *node {
	return &node{kind: choice, choices: choices, about: about}
}

func listOf(most int, about string, fields ...field) *node {
	return &node{kind: array, most: most, about: about, items: &node{kind: object, fields: fields}}
}

// jsonSchema writes the JSON schema, in the subset that all presets take: every field required, none added, order kept, and
// ranges and lengths in words, since strict modes refuse or ignore the keywords for them. If the lists of choices have more
// than maxChoices values in all, the longest are not enumerated, of equal ones the last; 0 means any number.
func (n *node) jsonSchema(maxChoices int) json.RawMessage {
	lists := n.choiceLists()
	slices.SortStableFunc(lists, func(a, b *node) int { return cmp.Compare(len(a.choices), len(b.choices)) })
	total, enumerated := 0, map[*node]bool{}
	for _, list := range lists {
		total += len(list.choices)
		enumerated[list] = maxChoices == 0 || total <= maxChoices
	}
	var b bytes.Buffer
	n.write(&b, enumerated)
	return b.Bytes()
}

func (n *node) write(b *bytes.Buffer, enumerated map[*node]bool) {
	kind := n.kind
	if kind == choice {
		kind = text
	}
	fmt.Fprintf(b, `{"type":%q`, kind)
	if about := n.describe(); about != "" {
		b.WriteString(`,"description":` + quote(about))
	}
	switch n.kind {
	case object:
		b.WriteString(`,"properties":{`)
		names := make([]string, len(n.fields))
		for i, f := range n.fields {
			if i > 0 {
				b.WriteByte(',')
			}
			names[i] = f.name
			b.WriteString(quote(f.name) + ":")
			f.node.write(b, enumerated)
		}
		b.WriteString(`},"required":` + quote(names) + `,"additionalProperties":false`)
	case array:
		b.WriteString(`,"items":`)
		n.items.write(b, enumerated)
	case choice:
		if enumerated[n] {
			b.WriteString(`,"enum":` + quote(n.choices))
		}
	}
	b.WriteByte('}')
}

// quote writes strings as JSON; it cannot fail for them.
func quote[T string | []string](v T) string {
	out, _ := json.Marshal(v)
	return string(out)
}

func (n *node) choiceLists() []*node {
	var lists []*node
	if n.kind == choice {
		lists = append(lists, n)
	}
	for _, f := range n.fields {
		lists = append(lists, f.node.choiceLists()...)
	}
	if n.items != nil {
		lists = append(lists, n.items.choiceLists()...)
	}
	return lists
}

// describe says in words what a value must be.
func (n *node) describe() string {
	var limit string
	switch n.kind {
	case number, integer:
		limit = fmt.Sprintf("%g to %g", n.low, n.high)
	case array:
		limit = fmt.Sprintf("at most %d", n.most)
	case text:
		limit = fmt.Sprintf("at most %d characters", n.most)
	}
	return strings.Trim(n.about+"; "+limit, "; ")
}

// problems collects what is wrong with a reply, in words of ours only: the paths are made of the schema's names and of
// indices, so that they may be told to a model and to people.
type problems []string

const maxProblems = 8

func (p *problems) add(path, format string, args ...any) {
	if len(*p) < maxProblems {
		*p = append(*p, strings.TrimPrefix(path, ".")+" "+fmt.Sprintf(format, args...))
	}
}

// check returns the part of v that the schema allows, and whether that is usable. It forgives, but reports, what can be
// left out without changing the rest: fields too many, list entries that are wrong or too many, an unfit text.
func (n *node) check(v any, path string, p *problems) (clean any, ok bool) {
	switch n.kind {
	case object:
		return n.checkObject(v, path, p)
	case array:
		return n.checkArray(v, path, p)
	case number, integer:
		x, isNumber := v.(float64)
		if ok = isNumber && x >= n.low && x <= n.high && (n.kind == number || x == math.Trunc(x)); !ok {
			p.add(path, "must be a %s from %g to %g", n.kind, n.low, n.high)
		}
		return v, ok
	case boolean:
		if _, ok = v.(bool); !ok {
			p.add(path, "must be true or false")
		}
		return v, ok
	case choice:
		s, isText := v.(string)
		if ok = isText && slices.Contains(n.choices, s); !ok {
			p.add(path, "must be a word of its list")
		}
		return v, ok
	default: // text
		s, isText := v.(string)
		if !isText {
			p.add(path, "must be a text")
			return nil, false
		}
		s, fit := cleanText(s, n.most)
		if !fit {
			p.add(path, "must be one plain sentence of at most %d characters, without addresses or markup", n.most)
		}
		return s, true
	}
}

func (n *node) checkObject(v any, path string, p *problems) (any, bool) {
	given, ok := v.(map[string]any)
	if !ok {
		p.add(path, "must be an object")
		return nil, false
	}
	clean := make(map[string]any, len(n.fields))
	for _, f := range n.fields {
		value, there := given[f.name]
		if !there {
			p.add(path+"."+f.name, "is missing")
			ok = false
			continue
		}
		kept, fine := f.node.check(value, path+"."+f.name, p)
		clean[f.name] = kept
		ok = ok && fine
	}
	if len(given) > len(n.fields) || ok && len(given) != len(clean) {
		p.add(path, "has fields that the schema does not have")
	}
	return clean, ok
}

func (n *node) checkArray(v any, path string, p *problems) (any, bool) {
	given, ok := v.([]any)
	if !ok {
		p.add(path, "must be a list")
		return nil, false
	}
	if len(given) > n.most {
		p.add(path, "must have at most %d entries", n.most)
		given = given[:n.most]
	}
	clean := make([]any, 0, len(given))
	for i, item := range given {
		if kept, fine := n.items.check(item, fmt.Sprintf("%s[%d]", path, i), p); fine {
			clean = append(clean, kept)
		}
	}
	return clean, true
}
