namespace Dashtam.Jobs.Core.Hosting;

/// <summary>A loop whose every turn ends within seconds, whatever Redis does.</summary>
internal interface IPulse
{
    /// <summary>What it is called in the log.</summary>
    string Name { get; }

    /// <summary>The number of the turn that it is in; null: it waits between two, or does not run.</summary>
    long? Turn { get; }
}
