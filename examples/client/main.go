// Command client asks a running server over Connect, then turns a dial without sending the picture again.
//
//	go run ./examples/client http://localhost:8080 photo.jpg
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"

	v1 "github.com/soundtrack-go/sdk/server/gen/soundtrack/v1"
	"github.com/soundtrack-go/sdk/server/gen/soundtrack/v1/soundtrackv1connect"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: client URL PICTURE")
	}
	ctx := context.Background()
	picture, err := os.ReadFile(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	client := soundtrackv1connect.NewSoundtrackServiceClient(http.DefaultClient, os.Args[1])
	first, err := client.Recommend(ctx, &v1.RecommendRequest{Subject: &v1.RecommendRequest_Image{Image: picture}})
	if err != nil {
		log.Fatal(err)
	}
	show("matching", first)
	opposite, err := client.Recommend(ctx, &v1.RecommendRequest{
		Subject: &v1.RecommendRequest_State{State: first.GetAnalysis().GetState()},
		Dials:   &v1.Dials{Contrast: 1},
	})
	if err != nil {
		log.Fatal(err)
	}
	show("contrasting", opposite)
}

func show(title string, answer *v1.RecommendResponse) {
	fmt.Println(title)
	for _, pick := range answer.GetPicks() {
		fmt.Printf("  %s – %s\n", pick.GetSong().GetTitle(), pick.GetSong().GetArtist())
	}
}
