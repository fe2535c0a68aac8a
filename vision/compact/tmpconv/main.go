package main
import ("context";"os";"github.com/soundtrack-go/sdk/vision/compact")
func main(){f,_:=os.Open(os.Args[1]);st,_:=f.Stat();o,_:=os.Create(os.Args[2]);if err:=compact.Convert(context.Background(),f,st.Size(),o);err!=nil{panic(err)};o.Close()}
