namespace Dashtam.Jobs.Core.Wire.Pickles;

/// <summary>The opcodes that are read: what Python's pickler writes for plain values in protocols 2 to 5.</summary>
internal static class PickleOpcode
{
    public const byte Proto = 0x80;
    public const byte Frame = 0x95;
    public const byte Stop = (byte)'.';

    public const byte None = (byte)'N';
    public const byte True = 0x88;
    public const byte False = 0x89;
    public const byte Int32 = (byte)'J';
    public const byte UInt8 = (byte)'K';
    public const byte UInt16 = (byte)'M';
    public const byte LongInteger = 0x8A;
    public const byte Float = (byte)'G';
    public const byte ShortText = 0x8C;
    public const byte Text = (byte)'X';
    public const byte EmptyList = (byte)']';
    public const byte EmptyDict = (byte)'}';

    public const byte Mark = (byte)'(';
    public const byte Append = (byte)'a';
    public const byte Appends = (byte)'e';
    public const byte SetItem = (byte)'s';
    public const byte SetItems = (byte)'u';

    public const byte Memoize = 0x94;
    public const byte Put = (byte)'q';
    public const byte LongPut = (byte)'r';
    public const byte Get = (byte)'h';
    public const byte LongGet = (byte)'j';

    /// <summary>Whether it puts a value onto the stack.</summary>
    public static bool Pushes(byte opcode) =>
        opcode is None or True or False or Int32 or UInt8 or UInt16 or LongInteger or Float or ShortText or Text
            or EmptyList or EmptyDict or Get or LongGet;

    /// <summary>Whether it keeps the top of the stack in the memo.</summary>
    public static bool Keeps(byte opcode) => opcode is Memoize or Put or LongPut;

    public static bool IsText(byte opcode) => opcode is ShortText or Text;

    /// <summary>Whether it begins a list or a dict.</summary>
    public static bool IsContainer(byte opcode) => opcode is EmptyList or EmptyDict;

    /// <summary>An opcode for a message: Python's name for those that run code or look it up, and a number for all.</summary>
    public static string Describe(byte opcode)
    {
        var name = opcode switch
        {
            (byte)'c' => "GLOBAL",
            0x93 => "STACK_GLOBAL",
            (byte)'R' => "REDUCE",
            (byte)'b' => "BUILD",
            (byte)'i' => "INST",
            (byte)'o' => "OBJ",
            0x81 => "NEWOBJ",
            0x92 => "NEWOBJ_EX",
            (byte)'P' => "PERSID",
            (byte)'Q' => "BINPERSID",
            0x82 or 0x83 or 0x84 => "EXT",
            _ => "",
        };
        return name.Length == 0 ? $"0x{opcode:x2}" : $"{name} (0x{opcode:x2})";
    }
}
