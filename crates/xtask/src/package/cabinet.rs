//! A cabinet ([MS-CAB]) compressed as well as its format allows.
//!
//! MSZIP ([MS-MCI] §2.1) cuts what it packs into blocks of 32 KiB, each a deflate stream of its own that may refer to the block before it.
//! wixl's cabinets make no use of that; packed anew they are a twentieth smaller.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// Largest block, before it is packed.
const BLOCK: usize = 32 * 1024;
/// What a block may have when it is packed ([MS-MCI] §2.1).
const MOST_PACKED: usize = BLOCK + 12;
const MSZIP: u16 = 1;
const SIGNATURE: &[u8] = b"CK";
/// Of a cabinet's head without reserved space, and of what is before each block.
const HEAD: usize = 36;
const BLOCK_HEAD: usize = 8;

/// The same cabinet, packed anew.
///
/// # Errors
/// It is none, or one with more than a single folder of MSZIP, with reserved space or with parts elsewhere: wixl makes none such.
pub fn pack(cabinet: &[u8]) -> Result<Vec<u8>, &'static str> {
    let blocks = unpack(cabinet)?;
    let first = first_block(cabinet)?;
    let mut packed = cabinet.get(..first).ok_or("a cabinet that ends too soon")?.to_vec();
    let mut before: &[u8] = &[];
    for block in &blocks {
        let data = deflate(block, before)?;
        let sizes = [(data.len() as u16).to_le_bytes(), (block.len() as u16).to_le_bytes()].concat();
        packed.extend(checksum(&sizes, checksum(&data, 0)).to_le_bytes());
        packed.extend(sizes);
        packed.extend(data);
        before = block;
    }
    let size = u32::try_from(packed.len()).map_err(|_| "a cabinet that is too large")?;
    packed.get_mut(8..12).ok_or("a cabinet that ends too soon")?.copy_from_slice(&size.to_le_bytes());
    match unpack(&packed)? == blocks {
        true => Ok(packed),
        false => Err("a cabinet that says something else when it is packed anew"),
    }
}

/// What is in its blocks.
fn unpack(cabinet: &[u8]) -> Result<Vec<Vec<u8>>, &'static str> {
    let mut at = first_block(cabinet)?;
    let mut blocks: Vec<Vec<u8>> = Vec::new();
    for _ in 0..number(cabinet, 40)? {
        let (packed, size) = (number(cabinet, at + 4)?, number(cabinet, at + 6)?);
        let data = cabinet.get(at + BLOCK_HEAD..at + BLOCK_HEAD + packed).ok_or("a block that ends too soon")?;
        let sum = cabinet.get(at..at + 4).ok_or("a block that ends too soon")?;
        let sizes = cabinet.get(at + 4..at + BLOCK_HEAD).ok_or("a block that ends too soon")?;
        if sum != checksum(sizes, checksum(data, 0)).to_le_bytes() {
            return Err("a block with another sum");
        }
        blocks.push(inflate(data, size, blocks.last().map_or(&[], Vec::as_slice))?);
        at += BLOCK_HEAD + packed;
    }
    match at == cabinet.len() {
        true => Ok(blocks),
        false => Err("a cabinet with something behind its blocks"),
    }
}

/// Where the blocks begin.
fn first_block(cabinet: &[u8]) -> Result<usize, &'static str> {
    let plain = cabinet.starts_with(b"MSCF") && number(cabinet, 26)? == 1 && number(cabinet, 30)? == 0;
    if !plain || number(cabinet, HEAD + 6)? != usize::from(MSZIP) {
        return Err("no cabinet with one folder of MSZIP");
    }
    Ok(number(cabinet, HEAD)? | number(cabinet, HEAD + 2)? << 16)
}

fn number(cabinet: &[u8], at: usize) -> Result<usize, &'static str> {
    let octets = cabinet.get(at..at + 2).and_then(|octets| octets.try_into().ok());
    octets.map(|octets| usize::from(u16::from_le_bytes(octets))).ok_or("a cabinet that ends too soon")
}

fn deflate(block: &[u8], before: &[u8]) -> Result<Vec<u8>, &'static str> {
    let mut packer = Compress::new(Compression::best(), false);
    if !before.is_empty() {
        packer.set_dictionary(before).map_err(|_| "a dictionary that is refused")?;
    }
    let mut data = Vec::with_capacity(MOST_PACKED);
    data.extend(SIGNATURE);
    match packer.compress_vec(block, &mut data, FlushCompress::Finish) {
        Ok(Status::StreamEnd) => Ok(data),
        // It cannot be packed: it goes as it is (RFC 1951 §3.2.4).
        _ => {
            let length = u16::try_from(block.len()).map_err(|_| "a block that is too large")?;
            let head = [length.to_le_bytes(), (!length).to_le_bytes()].concat();
            Ok([SIGNATURE, &[1], &head, block].concat())
        }
    }
}

fn inflate(data: &[u8], size: usize, before: &[u8]) -> Result<Vec<u8>, &'static str> {
    let data = data.strip_prefix(SIGNATURE).ok_or("a block without its signature")?;
    let mut unpacker = Decompress::new(false);
    if !before.is_empty() {
        unpacker.set_dictionary(before).map_err(|_| "a dictionary that is refused")?;
    }
    let mut block = Vec::with_capacity(size);
    match unpacker.decompress_vec(data, &mut block, FlushDecompress::Finish) {
        Ok(Status::StreamEnd) if block.len() == size => Ok(block),
        _ => Err("a block that cannot be unpacked"),
    }
}

/// Of one block, a number on from another ([MS-CAB] §3.1): numbers of four octets, each on top of the others.
fn checksum(data: &[u8], on: u32) -> u32 {
    let (words, rest) = data.as_chunks();
    // What is left over is read from its other end.
    let last = rest.iter().fold(0, |last, &octet| last << 8 | u32::from(octet));
    words.iter().fold(on ^ last, |sum, word| sum ^ u32::from_le_bytes(*word))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cabinet as wixl makes one: every block for itself.
    fn cabinet(content: &[u8]) -> Vec<u8> {
        let mut cabinet = b"MSCF".to_vec();
        cabinet.extend([0; 22]);
        cabinet.extend([1, 0, 1, 0]);
        cabinet.extend([0; 6]);
        let blocks = content.chunks(BLOCK);
        cabinet.extend(60_u32.to_le_bytes());
        cabinet.extend([(blocks.len() as u16).to_le_bytes(), MSZIP.to_le_bytes()].concat());
        cabinet.extend(b"a file and so on");
        for block in blocks {
            let data = deflate(block, &[]).unwrap();
            let sizes = [(data.len() as u16).to_le_bytes(), (block.len() as u16).to_le_bytes()].concat();
            cabinet.extend(checksum(&sizes, checksum(&data, 0)).to_le_bytes());
            cabinet.extend([sizes, data].concat());
        }
        cabinet
    }

    fn content(length: u32) -> Vec<u8> {
        (0..length).flat_map(|at| (at % 40_000).wrapping_mul(0x9E37_79B9).to_le_bytes()).collect()
    }

    #[test]
    fn what_is_in_it_stays_and_what_came_before_is_referred_to() {
        let words = b"the same words in every block, and a number: ".repeat(100);
        let content: Vec<u8> = (0_u32..60).flat_map(|at| [&words[..], &at.to_le_bytes()].concat()).collect();
        let old = cabinet(&content);
        let new = pack(&old).unwrap();
        assert!(new.len() < old.len(), "{} of {}", new.len(), old.len());
        assert_eq!(unpack(&new).unwrap().concat(), content);
        assert_eq!(new[8..12], (new.len() as u32).to_le_bytes());
        assert_eq!(new[44..60], old[44..60]);
        assert_eq!(pack(&new).unwrap(), new, "packed twice");
    }

    #[test]
    fn what_is_broken_is_told() {
        let good = cabinet(&content(20_000));
        assert!(pack(&good).is_ok());
        for at in [0, 26, 30, 42, 64, 66, 68, good.len() - 1] {
            let mut bad = good.clone();
            bad[at] ^= 0x55;
            assert!(pack(&bad).is_err(), "octet {at}");
        }
        for length in [0, 8, 40, 61, good.len() - 1] {
            assert!(pack(&good[..length]).is_err(), "{length} octets");
        }
    }
}
