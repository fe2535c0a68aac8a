package server

import (
	"bytes"
	"encoding/json"
	"fmt"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/soundtrack-go/sdk/catalog"
	v1 "github.com/soundtrack-go/sdk/server/gen/soundtrack/v1"
	"github.com/soundtrack-go/sdk/soundtrack"
)

// answerJSON writes answers. Zeros and empty lists are written out: who reads JSON by hand should find every field that
// the schema promises, and a valence of 0 is a judgement.
var answerJSON = protojson.MarshalOptions{EmitDefaultValues: true}

// RecommendationJSON is an answer as the API writes it, in one line. Addresses of previews are left out: they belong to a
// server.
func RecommendationJSON(out *soundtrack.Recommendation) ([]byte, error) {
	response, err := recommendResponse(out, func(song catalog.Song) *v1.Preview {
		preview := previewOf(song, true, true)
		preview.Url = ""
		return preview
	})
	if err != nil {
		return nil, err
	}
	return oneLine(response)
}

// AnalysisJSON is the analysis of an answer as the API writes it, in one line.
func AnalysisJSON(out *soundtrack.Recommendation) ([]byte, error) {
	analysis, err := analysisProto(out.Analysis)
	if err != nil {
		return nil, err
	}
	return oneLine(analysis)
}

// ReasonOf is the machine-readable reason that the API gives for an error, such as "picture-too-large" or "internal".
func ReasonOf(err error) string { return judge(err).reason }

// oneLine writes a message without the spaces that protojson strews at random.
func oneLine(message proto.Message) ([]byte, error) {
	text, err := answerJSON.Marshal(message)
	if err != nil {
		return nil, fmt.Errorf("server: writing JSON: %w", err)
	}
	var line bytes.Buffer
	if err := json.Compact(&line, text); err != nil {
		return nil, fmt.Errorf("server: writing JSON: %w", err)
	}
	return line.Bytes(), nil
}
