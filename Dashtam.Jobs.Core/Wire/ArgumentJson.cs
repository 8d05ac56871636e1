using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Dashtam.Jobs.Core.Wire;

/// <summary>How arguments look as JSON, and how a message calls the .NET type that one must fit.</summary>
internal static class ArgumentJson
{
    public static JsonSerializerOptions Options { get; } = Create();

    public static string Expected(Type type)
    {
        var actual = Nullable.GetUnderlyingType(type) ?? type;
        if (actual.IsEnum)
        {
            return "one of its known values";
        }

        return Type.GetTypeCode(actual) switch
        {
            TypeCode.Boolean => "a boolean",
            TypeCode.String or TypeCode.Char => "text",
            TypeCode.Single or TypeCode.Double or TypeCode.Decimal => "a number",
            TypeCode.DateTime => "a date and time in ISO 8601",
            >= TypeCode.SByte and <= TypeCode.UInt64 => $"an integer within {actual.Name}",
            _ => ExpectedObject(actual),
        };
    }

    private static string ExpectedObject(Type type) => type switch
    {
        _ when type == typeof(Guid) => "a UUID",
        _ when type == typeof(DateTimeOffset) => "a date and time in ISO 8601",
        _ when type == typeof(DateOnly) => "a date in ISO 8601",
        _ when type == typeof(JsonElement) || type.IsAssignableTo(typeof(JsonNode)) => "JSON",
        _ when type.IsAssignableTo(typeof(System.Collections.IDictionary)) => "an object",
        _ when type.IsAssignableTo(typeof(System.Collections.IEnumerable)) => "an array of the right items",
        _ => "an object of the right fields",
    };

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            MaxDepth = RawJson.MaxDepth,
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
