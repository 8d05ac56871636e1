namespace Dashtam.Jobs.Tests.Unit.Core.Wire.Pickles;

/// <summary>One value of every plain type, as CPython 3.11 pickles it, and as its <c>json.dumps</c> writes it.</summary>
internal static class PythonPickles
{
    /// <summary>Protocols 2 and 3 differ only in their number.</summary>
    public static byte[] Protocol2 => Convert.FromBase64String(Old);

    /// <summary>Protocols 4 and 5 differ only in their number.</summary>
    public static byte[] Protocol4 => Convert.FromBase64String(New);

    public const string Json = """
        {"n": null, "t": true, "f": false, "ints": [0, 255, 256, 65535, 65536, -1, 2147483647, -2147483648, 2147483648, -2147483649, 1208925819614629174706176, -1208925819614629174706176, 63119152483029311134208743532558499922742388026788054750254580913134092068101349400775784006880690358767027267425582069324452263965802580263844047629781802969982182358009757991699604981229789271086050074968881969290609802036366711253590028004836270450354777054758408286889796663166144157436625779538926534222488932401695981290400341380008924794640968818996722769683214178380910532633711551074723814187845931105358601012620815151559279594339152157038471900846264123490479852950820722119447464310412741151715903477845113154386713414751950465264697590604369795983597920768026571572887653525297164440538776584100773887], "floats": [1.5, -0.0, 1.0, 1e+300, 5e-324, 1e+16, 1e-07], "text": ["", "a\"b\\c\n\r\t\b\f\u0000\u007f", "\u00e4\u20ac\ud83d\ude00", "\ud800", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "same text", "same text"], "empty": [[], {}, [[]], {"a": {}}], "one": [1], "pair": {"k": [{"a": 1, "b": 2}, {"a": 3, "b": 4}]}}
        """;

    private const string Old = """
        gAJ9cQAoWAEAAABucQFOWAEAAAB0cQKIWAEAAABmcQOJWAQAAABpbnRzcQRdcQUoSwBL/00AAU3//0oAAAEASv////9K////f0oAAACAigUAAACAAIoF////
        f/+KCwAAAAAAAAAAAAABigsAAAAAAAAAAAAA/4r/////////////////////////////////////////////////////////////////////////////////
        ////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////
        ////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////
        //////////////////9/ZVgGAAAAZmxvYXRzcQZdcQcoRz/4AAAAAAAAR4AAAAAAAAAARz/wAAAAAAAAR3435DyIAHWcRwAAAAAAAAABR0NBw3k34IAARz56
        1/KavK9IZVgEAAAAdGV4dHEIXXEJKFgAAAAAcQpYDAAAAGEiYlxjCg0JCAwAf3ELWAkAAADDpOKCrPCfmIBxDFgDAAAA7aCAcQ1YLAEAAHh4eHh4eHh4eHh4
        eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
        eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
        eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
        eHh4eHh4eHh4eHh4eHh4eHh4eHEOWAkAAABzYW1lIHRleHRxD2gPZVgFAAAAZW1wdHlxEF1xEShdcRJ9cRNdcRRdcRVhfXEWWAEAAABhcRd9cRhzZVgDAAAA
        b25lcRldcRpLAWFYBAAAAHBhaXJxG31xHFgBAAAAa3EdXXEeKH1xHyhoF0sBWAEAAABicSBLAnV9cSEoaBdLA2ggSwR1ZXN1Lg==
        """;

    private const string New = """
        gASVdgMAAAAAAAB9lCiMAW6UTowBdJSIjAFmlImMBGludHOUXZQoSwBL/00AAU3//0oAAAEASv////9K////f0oAAACAigUAAACAAIoF////f/+KCwAAAAAA
        AAAAAAABigsAAAAAAAAAAAAA/4r/////////////////////////////////////////////////////////////////////////////////////////////
        ////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////
        ////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////
        //////9/ZYwGZmxvYXRzlF2UKEc/+AAAAAAAAEeAAAAAAAAAAEc/8AAAAAAAAEd+N+Q8iAB1nEcAAAAAAAAAAUdDQcN5N+CAAEc+etfymryvSGWMBHRleHSU
        XZQojACUjAxhImJcYwoNCQgMAH+UjAnDpOKCrPCfmICUjAPtoICUWCwBAAB4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
        eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
        eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
        eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHiUjAlzYW1lIHRleHSUaA9l
        jAVlbXB0eZRdlChdlH2UXZRdlGF9lIwBYZR9lHNljANvbmWUXZRLAWGMBHBhaXKUfZSMAWuUXZQofZQoaBdLAYwBYpRLAnV9lChoF0sDaCBLBHVlc3Uu
        """;
}
