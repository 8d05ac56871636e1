using System.Text.Json;

namespace Dashtam.Jobs.Core.Wire;

/// <summary>What a job is called with: JSON as it came, not looked into before it is bound.</summary>
public sealed class JobArguments
{
    private static readonly byte[] EmptyArray = "[]"u8.ToArray();
    private static readonly byte[] EmptyObject = "{}"u8.ToArray();

    internal JobArguments(ReadOnlyMemory<byte> positional, ReadOnlyMemory<byte> keywords)
    {
        Positional = positional;
        Keywords = keywords;
    }

    /// <summary>No arguments.</summary>
    public static JobArguments None { get; } = new(EmptyArray, EmptyObject);

    /// <summary>The positional arguments: a JSON array as it came, bare words of Python in it included.</summary>
    public ReadOnlyMemory<byte> Positional { get; }

    /// <summary>The keyword arguments: a JSON object as it came, bare words of Python in it included.</summary>
    public ReadOnlyMemory<byte> Keywords { get; }

    /// <summary>Whether there is neither a positional nor a keyword argument.</summary>
    public bool IsEmpty => RawJson.IsEmptyContainer(Positional.Span) && RawJson.IsEmptyContainer(Keywords.Span);

    /// <summary>Keyword arguments from any object, its properties in snake_case; null is written as well.</summary>
    public static JobArguments From<TArguments>(TArguments arguments)
        where TArguments : class
    {
        // The type at run time: a caller may hold its arguments as an interface or as object.
        var json = JsonSerializer.SerializeToUtf8Bytes(arguments, arguments.GetType(), ArgumentJson.Options);
        if (json[0] != (byte)'{')
        {
            throw new ArgumentException($"{arguments.GetType()} has no named properties to send.", nameof(arguments));
        }

        var writer = new PythonJsonWriter(2 * json.Length);
        writer.Json(json);
        return new(EmptyArray, writer.ToArray());
    }

    /// <summary>Arguments that come as JSON from elsewhere than an envelope, as from the API.</summary>
    /// <param name="positional">A JSON array in UTF-8; kept, not copied.</param>
    /// <param name="keywords">A JSON object in UTF-8; kept, not copied.</param>
    /// <exception cref="JobArgumentException">One of them is not that.</exception>
    public static JobArguments Parse(ReadOnlyMemory<byte> positional, ReadOnlyMemory<byte> keywords) =>
        new(Checked(positional, "positional", "an array"), Checked(keywords, "keyword", "an object"));

    /// <summary>Binds keyword arguments by name in snake_case and positional ones in order of the properties.</summary>
    /// <remarks>
    /// A property of type <see cref="JsonElement"/> takes any value; NaN and infinities arrive as null. A keyword that
    /// the JSON repeats counts once, with its last value, as in Python.
    /// </remarks>
    /// <exception cref="JobArgumentException">
    /// One is unknown, missing though required, given twice or of the wrong type.
    /// </exception>
    public TArguments Bind<TArguments>()
        where TArguments : class => ArgumentBinder<TArguments>.Bind(this);

    private static ReadOnlyMemory<byte> Checked(ReadOnlyMemory<byte> json, string what, string kind)
    {
        var trimmed = json.TrimStart(" \t\r\n"u8).TrimEnd(" \t\r\n"u8);
        if (!RawJson.IsValid(trimmed, out var problem))
        {
            throw new JobArgumentException($"{what} arguments: {problem}");
        }

        var actual = RawJson.Kind(trimmed.Span);
        return actual == kind
            ? trimmed
            : throw new JobArgumentException($"{what} arguments must be {kind}, not {actual}");
    }
}
