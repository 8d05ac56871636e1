using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Dashtam.Jobs.Core.Wire;

/// <summary>Fits arguments to the properties of a type, as Python fits them to the parameters of a function.</summary>
internal static class ArgumentBinder<TArguments>
    where TArguments : class
{
    private const int LongestPath = 100;
    private const int MostFlags = 64;

    private static readonly JsonTypeInfo<TArguments> Type =
        (JsonTypeInfo<TArguments>)ArgumentJson.Options.GetTypeInfo(typeof(TArguments));

    // A property that only computes something is no argument.
    private static readonly JsonPropertyInfo[] Parameters =
        [.. Type.Properties.Where(property => property.Set is not null || property.AssociatedParameter is not null)];

    // As JSON spells them between quotes, so that a keyword is looked for without decoding it.
    private static readonly byte[][] Names =
        [.. Parameters.Select(parameter => JsonEncodedText.Encode(parameter.Name).EncodedUtf8Bytes.ToArray())];

    // Else the deserializer would take what is no argument.
    private static readonly bool MayFitAsIs = Type.Kind == JsonTypeInfoKind.Object
        && Type.PolymorphismOptions is null
        && Parameters.Length <= MostFlags
        && Parameters.All(parameter => !parameter.IsExtensionData);

    public static TArguments Bind(JobArguments arguments)
    {
        if (FitAsIs(arguments) && CreateAsIs(arguments.Keywords.Span) is { } created)
        {
            return created;
        }

        var values = Match(RawJson.Items(arguments.Positional), RawJson.Fields(arguments.Keywords));
        var missing = Array.FindAll(Parameters, known => known.IsRequired && !values.ContainsKey(known.Name));
        if (missing.Length > 0)
        {
            var names = string.Join(", ", missing.Select(known => $"'{known.Name}'"));
            throw new JobArgumentException($"missing required argument{(missing.Length > 1 ? "s" : "")}: {names}");
        }

        return Create(values);
    }

    /// <summary>Whether there are keywords only, known and each once, and all of them JSON: nearly always.</summary>
    private static bool FitAsIs(JobArguments arguments)
    {
        var keywords = arguments.Keywords.Span;
        if (!MayFitAsIs || !RawJson.IsEmptyContainer(arguments.Positional.Span) || BareWords.MayBeIn(keywords))
        {
            return false;
        }

        var given = 0UL;
        var reader = new Utf8JsonReader(keywords, new JsonReaderOptions { MaxDepth = RawJson.MaxDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var flag = Flag(reader.ValueSpan);
            if (flag == 0 || (given & flag) != 0)
            {
                return false;
            }

            given |= flag;
            reader.Skip();
        }

        return true;
    }

    private static ulong Flag(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < Names.Length; i++)
        {
            if (name.SequenceEqual(Names[i]))
            {
                return 1UL << i;
            }
        }

        return 0;
    }

    /// <summary>The arguments; null where they do not fit, which is told by going through them one by one.</summary>
    private static TArguments? CreateAsIs(ReadOnlySpan<byte> keywords)
    {
        try
        {
            return JsonSerializer.Deserialize(keywords, Type);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            return null;
        }
    }

    private static Dictionary<string, ReadOnlyMemory<byte>> Match(
        List<ReadOnlyMemory<byte>> items, List<RawField> keywords)
    {
        if (items.Count > Parameters.Length)
        {
            throw new JobArgumentException(
                $"takes at most {Parameters.Length} positional arguments ({Allowed()}), but {items.Count} were given");
        }

        var values = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        for (var i = 0; i < items.Count; i++)
        {
            values.Add(Parameters[i].Name, items[i]);
        }

        foreach (var keyword in keywords)
        {
            var known = Array.Find(Parameters, parameter => keyword.IsNamed(parameter.Name))
                ?? throw new JobArgumentException(
                    $"unexpected keyword argument '{Short(keyword.Name)}'; allowed: {Allowed()}");
            if (!values.TryAdd(known.Name, keyword.RawValue))
            {
                throw new JobArgumentException(
                    $"multiple values for argument '{known.Name}': by position and by keyword");
            }
        }

        return values;
    }

    private static TArguments Create(Dictionary<string, ReadOnlyMemory<byte>> values)
    {
        var writer = new PythonJsonWriter();
        writer.BeginObject();
        foreach (var (name, value) in values)
        {
            writer.Name(name);
            writer.Raw(BareWords.ToNull(value.Span));
        }

        writer.EndObject();
        try
        {
            return JsonSerializer.Deserialize(writer.ToArray(), Type)!; // An object is never null.
        }
        catch (JsonException exception)
        {
            throw Misfit(exception, values);
        }
        catch (ArgumentException exception)
        {
            // The type's own constructor refused a value, and says which.
            throw new JobArgumentException(exception.Message, exception);
        }
    }

    private static JobArgumentException Misfit(JsonException exception, Dictionary<string, ReadOnlyMemory<byte>> values)
    {
        var path = (exception.Path ?? "").TrimStart('$', '.');
        var end = path.IndexOfAny(['.', '[']);
        var name = end < 0 ? path : path[..end];
        var parameter = Array.Find(Parameters, parameter => parameter.Name == name);
        if (parameter is null || !values.TryGetValue(name, out var value))
        {
            return new($"arguments do not fit; allowed: {Allowed()}", exception);
        }

        var place = end < 0 ? "" : $" (at {Short(path[end..])})";
        var given = RawJson.Kind(value.Span);
        var expected = ArgumentJson.Expected(parameter.PropertyType);
        return new($"argument '{name}' must be {expected}; got {given}{place}", exception);
    }

    private static string Allowed() =>
        Parameters.Length == 0 ? "none" : string.Join(", ", Parameters.Select(parameter => parameter.Name));

    private static string Short(string text) => text.Length <= LongestPath ? text : $"{text[..LongestPath]}…";
}
