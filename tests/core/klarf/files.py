"""Small KLARF files, as text."""

COLUMNS = "DEFECTID XREL YREL XINDEX YINDEX DSIZE CLASSNUMBER TEST IMAGECOUNT IMAGELIST"

HEAD = """FileVersion 1 2;
LotID "LOT";
SampleSize 1 300;
SampleOrientationMarkType NOTCH;
OrientationMarkLocation DOWN;
DiePitch 1.0e+003 2.0e+003;
WaferID "W01";
Slot 7;
SampleCenterLocation 500 1000;
ClassLookup 2
 0 "Unclassified"
 5 "Bridge";
SampleTestPlan 2
 0 0
 1 0;
"""

SUMMARY = """SummarySpec 5 TESTNO NDEFECT DEFDENSITY NDIE NDEFDIE ;
SummaryList
 1 3 0.3 2 2;
EndOfFile;
"""

ROWS = (
    " 1 100.5 200 0 0 1.25 0 1 1 1 1 0",
    " 2 300 400 1 0 2.5 5 1 2 2 2 30 3 31",
    " 3 500 600 1 0 0.5 0 1 0 0",
)


def flat(
    rows: tuple[str, ...] = ROWS, *, columns: str = COLUMNS, head: str = HEAD, stack: str = "s.tif"
) -> str:
    """A file of 1.2."""
    spec = f"DefectRecordSpec {len(columns.split())} {columns} ;\n"
    body = "\n".join(rows)
    return f"{head}TiffFileName {stack};\n{spec}DefectList\n{body};\n{SUMMARY}"


NESTED_COLUMNS = (
    "int32 DEFECTID, int32 XREL, int32 YREL, int32 XINDEX, int32 YINDEX, int32 DSIZE, ImageList IMAGEINFO, "
    "int32 CLASSNUMBER, int32 TEST"
)
NESTED_ROWS = (
    '1 100500 200000 0 0 1250 Images 2 {1 "30", 2 "31"} 0 1;',
    "2 300000 400000 1 0 2500 N 5 1;",
    '3 500000 600000 1 0 500 Images 1 {"shots\\d3" "JPG" 1 "Patch"} 0 1;',
)


def nested(rows: tuple[str, ...] = NESTED_ROWS, *, count: int | None = None) -> str:
    """A file of 1.8; an image list stands in the middle of its rows."""
    told = len(rows) if count is None else count
    body = "\n      ".join(rows)
    return f"""Record FileRecord "1.8"
{{
 Record LotRecord "LOT"
 {{
  Field DiePitch 2 {{1000000, 2000000}}
  Field SampleSize 2 {{300000000, 0}}
  Field OrientationMarkLocation 1 {{90}}
  Field CoordinatesMirrored 1 {{"YES"}}
  Field ImageFileName 2 {{"LOT_1.I01", "TIF"}}
  Record WaferRecord "W01"
  {{
   Field SampleCenterLocation 2 {{500000, 1000000}}
   Field SlotNumber 1 {{7}}
   List DefectList
   {{
    Columns 9 {{ {NESTED_COLUMNS} }}
    Data {told}
    {{
      {body}
    }}
   }}
   Record SummaryRecord
   {{
    List TestSummaryList
    {{
     Columns 5 {{ int32 TESTNO, int32 NDEFECT, float DEFDENSITY, int32 NDIE, int32 NDEFDIE }}
     Data 1 {{ 1 3 0.3 2 2; }}
    }}
   }}
  }}
  List ClassLookupList
  {{
   Columns 3 {{ int32 CLASSNUMBER, string CLASSNAME, string CLASSCODE }}
   Data 2
   {{
    0 "Unclassified" "";
    5 "Bridge" "B";
   }}
  }}
 }}
}}
EndOfFile;
"""
