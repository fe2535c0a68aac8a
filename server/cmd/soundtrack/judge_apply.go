package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/tagging/llm"
)

// songTable is a songs file as it stands, cell by cell: catalog.Read understands it, but does not keep how it was written.
type songTable struct {
	format  catalog.Format
	columns []string         // of CSV, in their order
	rows    []map[string]any // strings, of JSONL any value
}

// readTable reads a songs file. Unlike catalog.Read it refuses the file for a row without shape, which it could not write.
func readTable(name string) (*songTable, error) {
	format, err := catalog.FormatOf(name)
	if err != nil {
		return nil, err
	}
	content, err := os.ReadFile(name) //nolint:gosec // the user names the file
	if err != nil {
		return nil, err
	}
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	t := &songTable{format: format}
	if format == catalog.FormatCSV {
		return t, t.readCSV(content)
	}
	return t, t.readJSONL(content)
}

func (t *songTable) readCSV(content []byte) error {
	records, err := csv.NewReader(bytes.NewReader(content)).ReadAll() // all as long as the header
	if err != nil {
		return err
	}
	if len(records) == 0 {
		return fmt.Errorf("the header line is missing")
	}
	for _, name := range records[0] {
		t.columns = append(t.columns, strings.ToLower(strings.TrimSpace(name)))
	}
	for _, record := range records[1:] {
		row := map[string]any{}
		for i, column := range t.columns {
			row[column] = record[i]
		}
		t.rows = append(t.rows, row)
	}
	return nil
}

func (t *songTable) readJSONL(content []byte) error {
	line := 0
	for text := range bytes.Lines(content) {
		line++
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		var row map[string]any
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber() // so that numbers come out as they went in
		if err := decoder.Decode(&row); err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
		if decoder.More() {
			return fmt.Errorf("line %d: more than one value in the line", line)
		}
		t.rows = append(t.rows, row)
	}
	return nil
}

// write writes the file. A new one is complete or not there.
func (t *songTable) write(name string) error {
	var out bytes.Buffer
	if t.format == catalog.FormatCSV {
		if err := t.writeCSV(&out); err != nil {
			return err
		}
	} else {
		encoder := json.NewEncoder(&out)
		encoder.SetEscapeHTML(false)
		for _, row := range t.rows {
			if err := encoder.Encode(row); err != nil {
				return err
			}
		}
	}
	if err := os.WriteFile(name+".part", out.Bytes(), 0o644); err != nil { //nolint:gosec // no secret
		return err
	}
	return os.Rename(name+".part", name)
}

func (t *songTable) writeCSV(out *bytes.Buffer) error {
	records := [][]string{t.columns}
	for _, row := range t.rows {
		record := make([]string, len(t.columns))
		for i, column := range t.columns {
			if value, ok := row[column]; ok {
				record[i] = fmt.Sprint(value)
			}
		}
		records = append(records, record)
	}
	return csv.NewWriter(out).WriteAll(records)
}

// byKey sorts the judgements of one model by song; of several of a song the last counts.
func byKey(judgements []llm.Judgement, model string) map[catalog.Key]llm.Judgement {
	songs := map[catalog.Key]llm.Judgement{}
	for _, j := range judgements {
		if j.Model == model {
			songs[catalog.Song{Title: j.Title, Artist: j.Artist}.Key()] = j
		}
	}
	return songs
}

// filled says what became of the rows of a songs file.
type filled struct {
	rows, changed, had, unknown, unsure, unjudged int
	by                                            []string // the models
}

func (f filled) String() string {
	by := ""
	if len(f.by) > 0 {
		by = " by " + strings.Join(f.by, " and ")
	}
	return fmt.Sprintf("%d of %d rows filled%s; %d had values, %d are unknown to the model, of %d it is unsure, %d were not judged",
		f.changed, f.rows, by, f.had, f.unknown, f.unsure, f.unjudged)
}

// fill writes judgements into rows that have no values of their own: the four of the sound, and those of the affect with
// its spread and source, each together, as catalog.Read wants them. sure is the least confidence that counts.
func (t *songTable) fill(judged map[catalog.Key]llm.Judgement, sure float64) filled {
	f := filled{rows: len(t.rows)}
	for _, row := range t.rows {
		j, ok := judged[catalog.Song{Title: cell(row, "title"), Artist: cell(row, "artist")}.Key()]
		switch {
		case !ok:
			f.unjudged++
		case !j.Known:
			f.unknown++
		case min(j.ValenceConfidence, j.ArousalConfidence) < sure || !j.Affect().Known:
			f.unsure++
		default:
			sound := t.set(row, []string{"mode", "loudness", "tempo", "lyric"}, j.Mode, j.Loudness, j.Tempo, j.Lyric)
			affect := t.set(row, []string{"valence", "arousal", "spread", "affect_source"},
				j.Valence, j.Arousal, j.Affect().Spread, j.Source())
			if sound || affect {
				f.changed++
				if !slices.Contains(f.by, j.Source()) {
					f.by = append(f.by, j.Source())
				}
			} else {
				f.had++
			}
		}
	}
	return f
}

// set writes values, numbers or texts, into columns of a row, unless one of them has something in it.
func (t *songTable) set(row map[string]any, columns []string, values ...any) bool {
	if slices.ContainsFunc(columns, func(c string) bool { return cell(row, c) != "" }) {
		return false
	}
	for i, column := range columns {
		row[column] = values[i]
		if number, ok := values[i].(float64); ok {
			row[column] = json.Number(strconv.FormatFloat(math.Round(number*1e4)/1e4, 'f', -1, 64))
		}
		if t.format == catalog.FormatCSV && !slices.Contains(t.columns, column) {
			t.columns = append(t.columns, column)
		}
	}
	return true
}

// cell is the text of a cell, "" if it is empty.
func cell(row map[string]any, column string) string {
	switch v := row[column].(type) {
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	}
	return ""
}
