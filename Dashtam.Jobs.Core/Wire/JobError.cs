using System.Globalization;
using System.Text.Json;

namespace Dashtam.Jobs.Core.Wire;

/// <summary>An error in the shape that TaskIQ's client rebuilds.</summary>
/// <param name="Type">The class name, nested ones with dots; any text.</param>
/// <param name="Messages">The exception's arguments, usually one text; may be empty.</param>
/// <param name="Module">
/// The client looks the class up there when it is a module that it has loaded, and cannot read the result when that
/// has no such exception. So: <c>builtins</c> only with a name of Python's own, else what no Python module is called.
/// </param>
/// <param name="Cause">What the error was raised from.</param>
public sealed record JobError(string Type, IReadOnlyList<string> Messages, string? Module, JobError? Cause = null)
{
    private const string Builtins = "builtins";
    private const string NoNamespace = "dotnet";
    private const int DeepestCause = 10;
    private const int LongestMessage = 8192;

    /// <summary>What was being handled when the error was raised: Python's <c>__context__</c>.</summary>
    public JobError? Context { get; init; }

    /// <summary>Whether Python hides the context in a traceback: so when there is a cause, unless set.</summary>
    public bool SuppressContext { get; init; } = Cause is not null;

    /// <summary>The run was cancelled at its timeout: Python's own <c>TimeoutError</c>.</summary>
    public static JobError Timeout(TimeSpan timeout)
    {
        var seconds = timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        return new("TimeoutError", [$"cancelled at its timeout of {seconds} seconds"], Builtins);
    }

    /// <summary>The job's schedule has fired again, and that fire took its place: TaskIQ's own <c>TaskRejectedError</c>.</summary>
    public static JobError Replaced { get; } =
        new("TaskRejectedError", ["replaced by the next fire of its schedule"], "taskiq.exceptions");

    /// <summary>From an exception: Python's own name where there is one, else the .NET type in its namespace.</summary>
    /// <remarks>Inner exceptions become causes, 10 levels in all; messages are cut after 8,192 characters.</remarks>
    public static JobError From(Exception exception) => From(exception, 1);

    /// <summary>Writes an error, or null.</summary>
    internal static void Write(PythonJsonWriter writer, JobError? error)
    {
        if (error is null)
        {
            writer.Null();
            return;
        }

        writer.BeginObject();
        writer.Name("exc_type");
        writer.Text(error.Type);
        writer.Name("exc_message");
        writer.BeginArray();
        foreach (var message in error.Messages)
        {
            writer.Text(message);
        }

        writer.EndArray();
        writer.Name("exc_module");
        writer.Text(error.Module);
        writer.Name("exc_cause");
        Write(writer, error.Cause);
        writer.Name("exc_context");
        Write(writer, error.Context);
        writer.Name("exc_suppress_context");
        writer.Boolean(error.SuppressContext);
        writer.EndObject();
    }

    /// <summary>Reads an error; null: there is none. What is missing or of another type than expected is left out.</summary>
    internal static JobError? Read(JsonElement error)
    {
        if (error.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var messages = Property(error, "exc_message");
        return new JobError(
            Text(Property(error, "exc_type")) ?? "Exception",
            messages is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray().Select(Shown)]
                : messages is { } one ? [Shown(one)]
                : [],
            Text(Property(error, "exc_module")),
            Property(error, "exc_cause") is { } cause ? Read(cause) : null)
        {
            Context = Property(error, "exc_context") is { } context ? Read(context) : null,
            SuppressContext = Property(error, "exc_suppress_context")?.ValueKind == JsonValueKind.True,
        };
    }

    private static JsonElement? Property(JsonElement error, string name) =>
        error.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string? Text(JsonElement? value) => value is { ValueKind: JsonValueKind.String } text ? Unescaped(text) : null;

    // Python writes half a surrogate pair where a file's name is no UTF-8; no .NET text can hold it, so it stays escaped.
    private static string Unescaped(JsonElement text)
    {
        try
        {
            return text.GetString()!; // a text
        }
        catch (InvalidOperationException)
        {
            return text.GetRawText()[1..^1];
        }
    }

    private static string Shown(JsonElement value) => Text(value) ?? value.GetRawText();

    private static JobError From(Exception exception, int depth)
    {
        var type = exception.GetType();
        var builtin = BuiltinName(type);
        IReadOnlyList<string> messages = exception.Message.Length == 0 ? [] : [Short(exception.Message)];
        var cause = exception.InnerException is { } inner && depth < DeepestCause ? From(inner, depth + 1) : null;
        return new(builtin ?? ClassName(type), messages, builtin is null ? ModuleName(type) : Builtins, cause);
    }

    // By exact type: a library's own TimeoutException keeps its name, which says more.
    private static string? BuiltinName(Type type) => type switch
    {
        _ when type == typeof(TimeoutException) => "TimeoutError",
        _ when type == typeof(JobArgumentException) => "TypeError",
        _ when type == typeof(ArgumentException) => "ValueError",
        _ when type == typeof(ArgumentNullException) => "ValueError",
        _ when type == typeof(ArgumentOutOfRangeException) => "ValueError",
        _ when type == typeof(InvalidOperationException) => "RuntimeError",
        _ => null,
    };

    private static string ClassName(Type type)
    {
        var name = type.Name.Split('`')[0];
        return type.DeclaringType is { } outer ? $"{ClassName(outer)}.{name}" : name;
    }

    // Python's modules begin in lower case; a namespace that does so as well must not meet one.
    private static string ModuleName(Type type) => type.Namespace switch
    {
        null => NoNamespace,
        var name when char.IsAsciiLetterUpper(name[0]) => name,
        var name => $"{NoNamespace}.{name}",
    };

    private static string Short(string message)
    {
        if (message.Length <= LongestMessage)
        {
            return message;
        }

        var length = char.IsHighSurrogate(message[LongestMessage - 1]) ? LongestMessage - 1 : LongestMessage;
        return $"{message[..length]}…";
    }
}
