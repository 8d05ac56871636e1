namespace Dashtam.Jobs.Core.Wire;

/// <summary>stub</summary>
public sealed class JobArguments
{
    /// <summary>No arguments.</summary>
    public static JobArguments None { get; } = new();

    /// <summary>Whether there is neither a positional nor a keyword argument.</summary>
    public bool IsEmpty => throw new NotSupportedException("stub");

    /// <summary>Keyword arguments from any object, its properties in snake_case.</summary>
    public static JobArguments From<TArguments>(TArguments arguments)
        where TArguments : class => throw new NotSupportedException("stub");

    /// <summary>Binds keyword arguments by name in snake_case and positional ones in order of the properties.</summary>
    /// <exception cref="JobArgumentException">One is unknown, missing though required, given twice or of the wrong type.</exception>
    public TArguments Bind<TArguments>()
        where TArguments : class => throw new NotSupportedException("stub");
}
