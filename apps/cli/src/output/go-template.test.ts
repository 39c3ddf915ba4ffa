import { expect, test } from "vitest";
import { runGoTemplate } from "./go-template.ts";

const pool = {
  kind: "IPPool",
  metadata: { name: "v4", labels: { b: "2", a: "1" } },
  spec: { cidr: "10.0.0.0/8", blockSize: 26, nets: ["x", "y", "z"], on: true, off: false, none: null },
};

test.each([
  ["plain", "plain"],
  ["{{.kind}}", "IPPool"],
  ["{{.metadata.name}}", "v4"],
  ["{{.ObjectMeta.Name}} {{.Spec.CIDR}} {{.TypeMeta.Kind}}", "v4 10.0.0.0/8 IPPool"],
  ["{{range .}}{{.ObjectMeta.Name}}{{end}}", "v4"],
  ["{{$.kind}}{{$x := .spec.blockSize}}{{$x}}", "IPPool26"],
  ["{{range .spec.nets}}{{.}},{{end}}", "x,y,z,"],
  ["{{range $i, $n := .spec.nets}}{{$i}}={{$n}} {{end}}", "0=x 1=y 2=z "],
  ["{{range $n := .spec.nets}}{{$n}}{{end}}", "xyz"],
  ["{{range $k, $v := .metadata.labels}}{{$k}}={{$v}},{{end}}", "a=1,b=2,"],
  ["{{range .spec.empty}}x{{else}}none{{end}}", "none"],
  ["{{if .spec.on}}yes{{else}}no{{end}}", "yes"],
  ["{{if .spec.off}}yes{{else if .spec.on}}second{{else}}no{{end}}", "second"],
  ["{{if .spec.off}}yes{{end}}", ""],
  ["{{if not .spec.off}}yes{{end}}", "yes"],
  ["{{with .spec.cidr}}{{.}}{{end}}", "10.0.0.0/8"],
  ["{{with $c := .spec.cidr}}{{$c}}{{end}}", "10.0.0.0/8"],
  ["{{with .spec.missing}}x{{else}}none{{end}}", "none"],
  ["{{.spec.missing}} {{.spec.none}}", "<no value> <nil>"],
  ["{{.spec.nets}} {{.metadata.labels}}", "[x y z] map[a:1 b:2]"],
  ['{{join .spec.nets ","}}', "x,y,z"],
  ['{{joinAndTruncate .spec.nets "," 4}}', "x..."],
  ['{{joinAndTruncate .spec.nets "," 5}}', "x,y,z"],
  ['{{joinAndTruncate .spec.nets "," 0}}', "x,y,z"],
  ['{{config "asnumber"}}', "64999"],
  ['{{.spec.cidr | printf "%s!"}}', "10.0.0.0/8!"],
  ['{{printf "%-6s|%4d|%q|%v|100%%" "a" 5 "b" true}}', 'a     |   5|"b"|true|100%'],
  ["{{len .spec.nets}} {{len .metadata.labels}} {{len .kind}}", "3 2 6"],
  ['{{index .spec.nets 1}} {{index .metadata.labels "a"}}', "y 1"],
  ["{{slice .kind 0 2}}", "IP"],
  ['{{eq .kind "IPPool"}} {{eq .kind "a" "IPPool"}} {{ne .kind "a"}}', "true true true"],
  ["{{lt 1 2}} {{le 2 2}} {{gt 1 2}} {{ge 1 2}}", "true true false false"],
  ['{{and .spec.on "x"}} {{and .spec.off "x"}} {{or .spec.off "y"}} {{or .spec.off 0}}', "x false y 0"],
  ["{{if and .spec.on (eq .spec.blockSize 26)}}both{{end}}", "both"],
  ["{{(index .spec.nets 0)}}{{print 1 `b`}}{{println 2}}", "x1b2\n"],
  ["a {{- .kind -}} b", "aIPPoolb"],
  ["a{{/* said to nobody */}}b", "ab"],
  ['{{exists .metadata.labels "a"}} {{exists .metadata.labels "q"}}', "true false"],
  ['{{base64decode "aGk="}}', "hi"],
  ['{{true}} {{"a\\n"}}{{-1.5}}', "true a\n-1.5"],
])("%s", (template, text) => {
  expect(runGoTemplate(template, [pool], { asNumber: 64_999 })).toBe(text);
});

test("Calico's AS number stands where the cluster has none of its own", () => {
  expect(runGoTemplate('{{config "asnumber"}}', [])).toBe("64512");
});

test("of several results a template says which", () => {
  expect(
    runGoTemplate("{{range .}}{{.kind}}{{range .items}}{{.kind}}{{end}} {{end}}", [
      pool,
      { kind: "L", items: [pool, pool] },
    ]),
  ).toBe("IPPool LIPPoolIPPool ");
  expect(runGoTemplate("{{.kind}}", [pool, pool])).toBe("<no value>");
});

test("a variable that is set inside lasts as long as that", () => {
  expect(runGoTemplate("{{$a := 1}}{{range .spec.nets}}{{$a = 2}}{{$a}}{{end}}{{$a}}", [pool])).toBe("2221");
});

test.each([
  ["{{.kind", "a {{ without }}"],
  ["{{if .kind}}x", "a {{if}} without {{end}}"],
  ["{{if .kind}}x{{else}}y", "a {{if}} without {{end}}"],
  ["x{{end}}", "unexpected {{end}}"],
  ["{{nonsense .kind}}", 'function "nonsense" not defined; there are and, or, '],
  ["{{.kind .kind}}", "unexpected .kind"],
  ["{{.kind | .kind}}", "a function must stand behind |, got .kind"],
  ["{{(eq 1 1}}", ") is missing"],
  ["{{$nobody}}", "there is no variable $nobody"],
  ['{{config "x"}}', 'config knows "asnumber" alone, got "x"'],
  ["{{.kind | }}", "a value is missing"],
  ["{{range $a, := .kind}}{{end}}", "a value is missing"],
  ["{{#}}", "unexpected #"],
])("%s is refused: %s", (template, words) => {
  expect(() => runGoTemplate(template, [pool])).toThrow(words);
});
