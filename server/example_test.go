package server_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"net/http"
	"net/http/httptest"

	"connectrpc.com/connect"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/match"
	"github.com/soundtrack-go/sdk/server"
	v1 "github.com/soundtrack-go/sdk/server/gen/soundtrack/v1"
	"github.com/soundtrack-go/sdk/server/gen/soundtrack/v1/soundtrackv1connect"
	"github.com/soundtrack-go/sdk/soundtrack"
)

// engine stands for a *soundtrack.Recommender, which needs a model.
type engine struct{ store catalog.Store }

func (e engine) Recommend(context.Context, soundtrack.Request) (*soundtrack.Recommendation, error) {
	return &soundtrack.Recommendation{
		RequestID: "01JDJ0000000000000000000X0",
		Picks:     []match.Pick{{Song: catalog.Song{Title: "La Mer", Artist: "Charles Trenet", Year: 1946}, Score: .8}},
	}, nil
}

func (e engine) Analyze(context.Context, soundtrack.Request) (*soundtrack.Recommendation, error) {
	return new(soundtrack.Recommendation), nil
}

func (e engine) Store() catalog.Store { return e.store }

func photo() []byte {
	var out bytes.Buffer
	if err := jpeg.Encode(&out, image.NewRGBA(image.Rect(0, 0, 64, 64)), nil); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// The generated client speaks Connect; gRPC and gRPC-Web are options of it.
func Example() {
	store, err := catalog.NewMemory()
	if err != nil {
		panic(err)
	}
	srv, err := server.New(engine{store})
	if err != nil {
		panic(err)
	}
	listening := httptest.NewServer(srv.Handler()) // a program calls srv.Serve with a listener
	defer listening.Close()

	client := soundtrackv1connect.NewSoundtrackServiceClient(http.DefaultClient, listening.URL)
	defer http.DefaultClient.CloseIdleConnections()
	res, err := client.Recommend(context.Background(), &v1.RecommendRequest{
		Subject: &v1.RecommendRequest_Image{Image: photo()},
		Count:   1,
	})
	if err != nil {
		panic(err)
	}
	for _, pick := range res.Picks {
		fmt.Println(pick.Song.Title, pick.Song.Year, pick.Score)
	}

	_, err = client.Recommend(context.Background(), &v1.RecommendRequest{Count: 1000})
	fmt.Println(connect.CodeOf(err))
	// Output:
	// La Mer 1946 0.8
	// invalid_argument
}

// Everything else can send the bytes of a picture.
func ExampleServer_Handler() {
	store, err := catalog.NewMemory()
	if err != nil {
		panic(err)
	}
	srv, err := server.New(engine{store})
	if err != nil {
		panic(err)
	}
	listening := httptest.NewServer(srv.Handler())
	defer listening.Close()
	defer http.DefaultClient.CloseIdleConnections()

	for _, query := range []string{"?count=1&contrast=0.5", "?cuont=1"} {
		res, err := http.Post(listening.URL+"/v1/recommend"+query, "image/jpeg", bytes.NewReader(photo()))
		if err != nil {
			panic(err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			panic(err)
		}
		res.Body.Close()
		fmt.Println(res.StatusCode, bytes.Contains(body, []byte("La Mer")), bytes.Contains(body, []byte("unknown parameter")))
	}
	// Output:
	// 200 true false
	// 400 false true
}
